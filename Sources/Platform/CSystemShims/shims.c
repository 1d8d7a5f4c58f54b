#define _GNU_SOURCE
#include <stdlib.h>
#include "CSystemShims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Kept by what the C library calls before main, with what it gives to main (ld.so(8), DT_INIT_ARRAY; the same in a static program).
static int argument_count;
static char *const *arguments;

__attribute__((constructor)) static void keep_arguments(int count, char *const words[]) {
  argument_count = count;
  arguments = words;
}

int msg_argument_count(void) { return argument_count; }

const char *msg_argument(int index) { return index < argument_count ? arguments[index] : NULL; }

char *const *msg_environment(void) { return environ; }

int msg_status_flags(int descriptor) { return fcntl(descriptor, F_GETFL); }

int msg_set_status_flags(int descriptor, int flags) { return fcntl(descriptor, F_SETFL, flags); }

int msg_is_open(int descriptor) { return fcntl(descriptor, F_GETFD) != -1; }

// Some file systems (GlusterFS, NFS) have no RENAME_NOREPLACE: EINVAL, ENOSYS or EOPNOTSUPP. Then two things cannot be had at once, that the
// name is taken by one process only, and that the file has one name at every moment.
//
//   claiming: a file that was written in tmp/           a crash after it leaves
//     link to the new name: one process only succeeds   both names. The one in tmp/ is a stray, removed after 36 hours; a command
//                                                       that announces a message removes it first: the number of names tells what was announced
//     unlink of the old name                            the new name
//
//   moving: a message from one state to the next        a crash after it leaves
//     stat of the new name, ENOENT                      the old name
//     rename: one name at every moment, so nothing is   the new name
//     delivered that is still in the outbox
//
// The new name of a move is that of one message, whose lock its mover holds; or it carries a moment that was given under a lock, or noise.
int msg_renameat(int old_directory, const char *old_name, int new_directory, const char *new_name, enum msg_rename kind) {
  if (kind == MSG_RENAME_REPLACING) return renameat(old_directory, old_name, new_directory, new_name);
  int result = renameat2(old_directory, old_name, new_directory, new_name, RENAME_NOREPLACE);
  if (result == 0 || (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)) return result;
  if (kind == MSG_RENAME_CLAIMING) {
    if (linkat(old_directory, old_name, new_directory, new_name, 0) != 0) return -1;
    return unlinkat(old_directory, old_name, 0);
  }
  struct stat status;
  if (fstatat(new_directory, new_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    errno = EEXIST;
    return -1;
  }
  return errno == ENOENT ? renameat(old_directory, old_name, new_directory, new_name) : -1;
}

int msg_refresh_status(int descriptor) {
  struct statx status;
  int result = statx(descriptor, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_SIZE | STATX_MTIME, &status);
  // A sandbox may know no statx.
  return result != 0 && (errno == ENOSYS || errno == EPERM) ? 0 : result;
}

uint64_t msg_mount_number(int descriptor) {
  struct statx status;
  const unsigned number = 0x1000 /* STATX_MNT_ID */, unique = 0x4000 /* STATX_MNT_ID_UNIQUE */;
  if (statx(descriptor, "", AT_EMPTY_PATH, number | unique, &status) != 0) return 0;
  return status.stx_mask & (number | unique) ? status.stx_mnt_id : 0;
}

static int open_components(int directory, const char *path, int flags, unsigned mode) {
  char component[256];
  int current = directory;
  for (;;) {
    const char *slash = strchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : strlen(path);
    if (length == 0 || length >= sizeof component || (length == 2 && memcmp(path, "..", 2) == 0)) {
      if (current != directory) close(current);
      errno = length >= sizeof component ? ENAMETOOLONG : EXDEV;
      return -1;
    }
    memcpy(component, path, length);
    component[length] = 0;
    int wanted = slash ? O_PATH | O_DIRECTORY | O_CLOEXEC : flags;
    int next = openat(current, component, wanted | O_NOFOLLOW, mode);
    int failure = errno;
    if (current != directory) close(current);
    errno = failure;
    if (next < 0 || !slash) return next;
    current = next;
    path = slash + 1;
  }
}

int msg_open_beneath(int directory, const char *path, int flags, unsigned mode) {
  struct open_how how = {0};
  how.flags = (unsigned)flags;
  how.mode = (flags & O_CREAT) ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  long result;
  // What is moved out of the folder between the look for its name and the check that it lies beneath is told as an escape (EXDEV). A
  // second look finds it gone. A path of ours that leads out is one with "..", which is told so every time.
  int escapes = 0;
  do {
    result = syscall(SYS_openat2, directory, path, &how, sizeof how);
  } while (result < 0 && (errno == EAGAIN || (errno == EXDEV && ++escapes < 100)));
  if (result < 0 && errno == ENOSYS) return open_components(directory, path, flags, mode);
  return (int)result;
}

int msg_openat(int directory, const char *path, int flags, unsigned mode) { return openat(directory, path, flags, mode); }

int msg_open_place(int directory, const char *path) { return openat(directory, path, O_PATH | O_CLOEXEC); }

int msg_random(void *buffer, size_t count) {
  unsigned char *next = buffer;
  while (count > 0) {
    ssize_t got = getrandom(next, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    next += got;
    count -= (size_t)got;
  }
  return 0;
}

static void do_nothing(int number) { (void)number; }

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

int msg_lock_within(int descriptor, int operation, int64_t microseconds) {
  struct sigaction action = {0};
  // It stays installed: other threads may be waiting with timers of their own.
  action.sa_handler = do_nothing;
  struct sigevent event = {0};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGALRM;
  event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
  timer_t timer;
  if (sigaction(SIGALRM, &action, NULL) != 0) return -1;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return -1;
  // It repeats, so a signal that comes just before flock blocks is followed by another.
  struct itimerspec when = {
      .it_value = {microseconds / 1000000, microseconds % 1000000 * 1000}, .it_interval = {0, 10000000}};
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  // Some parents start their children with every signal blocked.
  sigset_t alarm, previous;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarm, &previous);
  int result = timer_settime(timer, 0, &when, NULL);
  int failure = errno;
  while (result == 0 && (result = flock(descriptor, operation)) != 0) {
    failure = errno;
    if (failure != EINTR) break;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t passed = (int64_t)(now.tv_sec - start.tv_sec) * 1000000 + (now.tv_nsec - start.tv_nsec) / 1000;
    failure = ETIMEDOUT;
    if (passed >= microseconds) break;
    result = 0;
  }
  timer_delete(timer);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  errno = failure;
  return result;
}

int64_t msg_file_system_type(int descriptor) {
  struct statfs information;
  return fstatfs(descriptor, &information) == 0 ? (int64_t)(uint32_t)information.f_type : -1;
}

int msg_terminal_rows(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

int msg_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int msg_signal_descriptor(const int *numbers, size_t count) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < count; i++) sigaddset(&set, numbers[i]);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int msg_next_signal(int descriptor) {
  struct signalfd_siginfo information;
  ssize_t got = read(descriptor, &information, sizeof information);
  if (got == (ssize_t)sizeof information) return (int)information.ssi_signo;
  return got < 0 && errno == EAGAIN ? 0 : -1;
}

int msg_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int msg_exit_code(int status, int *code) {
  if (WIFEXITED(status)) {
    *code = WEXITSTATUS(status);
    return 1;
  }
  *code = WTERMSIG(status);
  return 0;
}

// TZ and what tzset(3) makes of it belong to the whole process; a thread that asks for another zone must not be seen by the others.
static pthread_mutex_t zone_lock = PTHREAD_MUTEX_INITIALIZER;

static int64_t offset_in_force(int64_t seconds) {
  time_t instant = (time_t)seconds;
  struct tm local;
  return localtime_r(&instant, &local) ? local.tm_gmtoff : 0;
}

// tzset(3) looks at /etc/localtime each time. A long list asks for a hundred thousand times in a moment: once in a second is often enough
// for a zone that is changed while a program runs.
static void notice_changed_zone(void) {
  static time_t noticed = -1;
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) == 0) {
    if (now.tv_sec == noticed) return;
    noticed = now.tv_sec;
  }
  tzset();
}

int64_t msg_utc_offset(int64_t seconds) {
  pthread_mutex_lock(&zone_lock);
  notice_changed_zone();
  int64_t offset = offset_in_force(seconds);
  pthread_mutex_unlock(&zone_lock);
  return offset;
}

int64_t msg_utc_offset_in(const char *zone, int64_t seconds) {
  pthread_mutex_lock(&zone_lock);
  const char *current = getenv("TZ");
  char *saved = current ? strdup(current) : NULL;
  setenv("TZ", zone, 1);
  tzset();
  int64_t offset = offset_in_force(seconds);
  if (saved) {
    setenv("TZ", saved, 1);
  } else {
    unsetenv("TZ");
  }
  free(saved);
  tzset();
  pthread_mutex_unlock(&zone_lock);
  return offset;
}

int64_t msg_local_seconds(int year, int month, int day, int hour, int minute, int second, int *valid) {
  struct tm local = {0};
  local.tm_year = year - 1900;
  local.tm_mon = month - 1;
  local.tm_mday = day;
  local.tm_hour = hour;
  local.tm_min = minute;
  local.tm_sec = second;
  local.tm_isdst = -1;
  pthread_mutex_lock(&zone_lock);
  tzset();
  time_t instant = mktime(&local);
  pthread_mutex_unlock(&zone_lock);
  // mktime moves a time that the zone skips (spring) on by the jump; such a result is still an instant to use.
  *valid = instant != (time_t)-1 || (year == 1969 && month == 12 && day == 31);
  return (int64_t)instant;
}

int msg_spawn(
    const char *path, char *const arguments[], char *const environment[], int input, int output, int errors, pid_t *child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure != 0) return failure;
  failure = posix_spawnattr_init(&attributes);
  if (failure != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return failure;
  }
  const int given[3] = {input, output, errors};
  for (int i = 0; i < 3 && failure == 0; i++) failure = posix_spawn_file_actions_adddup2(&actions, given[i], i);
  if (failure == 0) failure = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (failure == 0) failure = posix_spawn_file_actions_addchdir_np(&actions, "/");
  if (failure == 0) failure = posix_spawnattr_setpgroup(&attributes, 0);
  if (failure == 0) failure = posix_spawnattr_setsigdefault(&attributes, &all);
  if (failure == 0) failure = posix_spawnattr_setsigmask(&attributes, &none);
  if (failure == 0)
    failure = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  if (failure == 0) {
    // There is no spawn attribute for the umask; the child inherits ours for a moment.
    mode_t own = umask(077);
    failure = posix_spawn(child, path, &actions, &attributes, arguments, environment);
    umask(own);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

int msg_process_descriptor(pid_t child) { return (int)syscall(SYS_pidfd_open, child, 0); }

// 0 or an error number. Without its last line the answer is "not known", which is true.
static int write_all(int descriptor, const char *text, size_t length) {
  while (length > 0) {
    ssize_t done = write(descriptor, text, length);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return done < 0 ? errno : EIO;
    text += done;
    length -= (size_t)done;
  }
  return 0;
}

static int write_end(int answer, const char *word, int number) {
  char line[64];
  snprintf(line, sizeof line, "\n=%s %d\n", word, number);
  return write_all(answer, line, strlen(line));
}

// In the program's process, between fork and exec: nothing but async-signal-safe calls.
static void become_program(
    const char *path, char *const arguments[], char *const environment[], int answer, int output, int complaint, pid_t parent) {
  setpgid(0, 0);
  // Whoever ends the supervisor ends the program: nobody would hold its locks or record its end.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  struct sigaction action = {0};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
  if (dup2(output, 1) < 0 || dup2(complaint, 2) < 0) _exit(126);
  // Marked rather than closed, so that a failed exec can still say why.
  int copy = fcntl(answer, F_DUPFD_CLOEXEC, 3);
  if (syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */) != 0) {
    for (int number = 3; number < 1024; number++) fcntl(number, F_SETFD, FD_CLOEXEC);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(path, arguments, environment);
  write_end(copy < 0 ? answer : copy, "start", errno);
  _exit(127);
}

// What a supervised program has printed on one stream. Its first bytes are kept; the rest is read, so that the program goes on, and
// dropped: it fills no disk, and leaves room for how the program ended.
enum { KEPT_OUTPUT = 4096, LONGEST_OUTPUT = 1 << 20 };
struct output {
  int pipe;
  size_t kept, seen;
  char head[KEPT_OUTPUT];
};

// Takes what is there and does not wait for more. The pipe is -1 once there will be none.
static void take_output(struct output *output) {
  char part[16384];
  while (output->pipe >= 0 && output->seen <= LONGEST_OUTPUT) {
    ssize_t got = read(output->pipe, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      close(output->pipe);
      output->pipe = -1;
      return;
    }
    size_t room = KEPT_OUTPUT - output->kept, more = (size_t)got < room ? (size_t)got : room;
    memcpy(output->head + output->kept, part, more);
    output->kept += more;
    output->seen += (size_t)got;
  }
}

// A pipe whose other end is returned, or -1.
static int open_output(struct output *output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  *output = (struct output){.pipe = ends[0]};
  return ends[1];
}

static void notice(int number) { (void)number; }

static void supervise(
    const char *path, char *const arguments[], char *const environment[], int answer, int errors, int64_t limit) {
  setsid();
  umask(077);
  // Blocked but while it is waited for, when it has to interrupt.
  struct sigaction action = {0};
  action.sa_handler = notice;
  sigaction(SIGCHLD, &action, NULL);
  // The caller's streams are not ours to keep open: somebody may wait for their end.
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0 || chdir("/") != 0) _exit(errno);
  for (int number = 0; number < 3; number++) {
    if (dup2(null, number) < 0) _exit(errno);
  }
  struct output said, complained;
  int output = open_output(&said), complaint = open_output(&complained);
  pid_t self = getpid();
  pid_t child = output < 0 || complaint < 0 ? -1 : fork();
  if (child == 0) become_program(path, arguments, environment, answer, output, complaint, self);
  if (child < 0) {
    _exit(write_end(answer, "start", errno));
  }
  close(output);
  close(complaint);
  setpgid(child, child);
  struct timespec end, now;
  clock_gettime(CLOCK_MONOTONIC, &end);
  int64_t until = end.tv_sec * 1000 + end.tv_nsec / 1000000 + limit;
  sigset_t waiting;
  sigfillset(&waiting);
  sigdelset(&waiting, SIGCHLD);
  int status = 0;
  const char *ended = NULL;
  for (;;) {
    pid_t got = waitpid(child, &status, ended ? 0 : WNOHANG);
    if (got == child) break;
    if (got < 0 && errno != EINTR) _exit(errno);
    take_output(&said);
    take_output(&complained);
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t left = until - (now.tv_sec * 1000 + now.tv_nsec / 1000000);
    if (left <= 0 || said.seen > LONGEST_OUTPUT || complained.seen > LONGEST_OUTPUT) {
      ended = left <= 0 ? "\n=stopped\n" : "\n=flooded\n";
      kill(-child, SIGKILL);
      kill(child, SIGKILL);
      continue;
    }
    struct timespec wait = {left / 1000, left % 1000 * 1000000};
    struct pollfd more[] = {{.fd = said.pipe, .events = POLLIN}, {.fd = complained.pipe, .events = POLLIN}};
    ppoll(more, 2, &wait, &waiting);
  }
  // What it left behind would go on behind its answer.
  kill(-child, SIGKILL);
  // A failed exec has written why, and nothing else has written there.
  if (lseek(answer, 0, SEEK_CUR) > 0) _exit(0);
  take_output(&said);
  take_output(&complained);
  if (errors >= 0) write_all(errors, complained.head, complained.kept);
  int failure = write_all(answer, said.head, said.kept);
  if (failure != 0) _exit(failure);
  if (ended) _exit(write_all(answer, ended, strlen(ended)));
  _exit(WIFSIGNALED(status) ? write_end(answer, "signal", WTERMSIG(status)) : write_end(answer, "exit", WEXITSTATUS(status)));
}

int msg_supervise(
    const char *path, char *const arguments[], char *const environment[], int answer, int errors, int64_t limit, pid_t *supervisor) {
  sigset_t all, own;
  sigfillset(&all);
  // Nothing meant for the caller is to end the supervisor, nor to run the caller's handlers in it.
  sigprocmask(SIG_SETMASK, &all, &own);
  pid_t child = fork();
  int failure = child < 0 ? errno : 0;
  if (child == 0) supervise(path, arguments, environment, answer, errors, limit);
  sigprocmask(SIG_SETMASK, &own, NULL);
  *supervisor = child;
  return failure;
}

pid_t msg_fork_worker(void) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // It may have gone before the child asked to be told.
  if (getppid() != parent) raise(SIGTERM);
  return 0;
}

int msg_reserve(int descriptor, int64_t size) { return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size); }

int64_t msg_next_data(int descriptor, int64_t offset) { return lseek(descriptor, offset, SEEK_DATA); }

// Not executable, where the kernel can say so (MFD_NOEXEC_SEAL, from 6.3 on; some systems allow nothing else).
static int memory_file(void) {
  int memory = (int)syscall(SYS_memfd_create, "memory", MFD_CLOEXEC | MFD_ALLOW_SEALING | 8u);
  if (memory < 0 && errno == EINVAL) memory = (int)syscall(SYS_memfd_create, "memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return memory;
}

int msg_memory_file(void) {
  int memory = memory_file();
  // An offset that several have in common is not moved on atomically in such a file, as it is in others.
  if (memory >= 0 && fcntl(memory, F_SETFL, O_APPEND) < 0) {
    close(memory);
    return -1;
  }
  return memory;
}

int msg_sealable_memory(void) { return memory_file(); }

int msg_seal(int memory) { return fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL); }

int msg_may_execute(const char *path) { return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0; }
