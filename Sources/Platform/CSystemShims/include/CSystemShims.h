// The C library for SystemCalls, the one module that uses it: its headers, and what Swift cannot take from them by itself (macros, variadic
// functions, what needs _GNU_SOURCE). Swift's own module of the C library does not exist in Embedded Swift, so it is not used.
#ifndef C_SYSTEM_SHIMS_H
#define C_SYSTEM_SHIMS_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/// errno(3), which is a macro.
static inline int msg_errno(void) { return errno; }
static inline void msg_set_errno(int number) { errno = number; }

/// How many words the command line has, the program's name among them, and one of them.
int msg_argument_count(void);
const char *msg_argument(int index);

/// environ(7).
char *const *msg_environment(void);

/// close(2), read(2), write(2), kill(2), socket(2) and _exit(2) by names that no method of a Swift type hides.
static inline int msg_close(int descriptor) { return close(descriptor); }
static inline ssize_t msg_read(int descriptor, void *buffer, size_t count) { return read(descriptor, buffer, count); }
static inline ssize_t msg_write(int descriptor, const void *bytes, size_t count) { return write(descriptor, bytes, count); }
static inline int msg_kill(pid_t process, int number) { return kill(process, number); }
static inline int msg_socket(int domain, int type) { return socket(domain, type, 0); }
_Noreturn static inline void msg_exit(int status) { _exit(status); }

/// The name in a record of readdir(3).
static inline const char *msg_entry_name(const struct dirent *entry) { return entry->d_name; }

/// signal(2) with SIG_IGN, which is a cast.
static inline void msg_ignore_signal(int number) { signal(number, SIG_IGN); }

/// fcntl(2), which is variadic: F_GETFL, F_SETFL and F_GETFD.
int msg_status_flags(int descriptor);
int msg_set_status_flags(int descriptor, int flags);
int msg_is_open(int descriptor);

enum msg_rename {
  /// renameat(2): takes the place of what has the new name.
  MSG_RENAME_REPLACING,
  /// RENAME_NOREPLACE for a name that two processes may want at the same time. Where the flag is refused, link(2) and unlink(2).
  MSG_RENAME_CLAIMING,
  /// RENAME_NOREPLACE for a file that must never have two names, while no other process can want the new one. Where the flag is refused, it
  /// is looked whether the name is free, and then renameat(2).
  MSG_RENAME_MOVING,
};

/// renameat2(2). EEXIST where the new name must be free and is not. What stands in for a flag that is refused is above shims.c's function.
int msg_renameat(int old_directory, const char *old_name, int new_directory, const char *new_name, enum msg_rename kind);

/// openat2(2) that follows no symbolic link in any component and never leaves `directory`; ELOOP or EXDEV otherwise.
/// On a kernel without openat2 each component is opened with O_NOFOLLOW.
int msg_open_beneath(int directory, const char *path, int flags, unsigned mode);

/// openat(2), which is variadic in C.
int msg_openat(int directory, const char *path, int flags, unsigned mode);

/// openat(2) with O_PATH: holds on to what `path` leads to, symbolic links followed, without opening it.
int msg_open_place(int directory, const char *path);

/// getrandom(2): fills the whole buffer or returns -1.
int msg_random(void *buffer, size_t count);

/// flock(2) that gives up after `microseconds` with ETIMEDOUT. It blocks in the kernel, so waiters are served in order; a
/// timer of this thread (timer_create(2), SIGEV_THREAD_ID) interrupts it by SIGALRM.
int msg_lock_within(int descriptor, int operation, int64_t microseconds);

/// statx(2) with AT_STATX_FORCE_SYNC: what the kernel remembers of an open file's size and times is asked for anew where the file system
/// is another machine's or a process's. 0 or -1.
int msg_refresh_status(int descriptor);

/// statx(2): the number of the mount through which an open file was reached, 0 where the kernel tells none. From Linux 6.8 on no number
/// comes twice in one boot.
uint64_t msg_mount_number(int descriptor);

/// statfs(2): the file system's type number, or -1.
int64_t msg_file_system_type(int descriptor);

/// Columns of the terminal at `descriptor`, 0 where it is none (ioctl TIOCGWINSZ is variadic).
int msg_terminal_columns(int descriptor);

/// The same for its rows.
int msg_terminal_rows(int descriptor);

/// A descriptor that becomes readable on each of the signals in `numbers` (signalfd(2)); they are blocked.
int msg_signal_descriptor(const int *numbers, size_t count);

/// The next signal number waiting at a descriptor of `msg_signal_descriptor`, 0 for none, -1 on error.
int msg_next_signal(int descriptor);

/// A CLOEXEC pipe (pipe2(2)).
int msg_pipe(int ends[2]);

/// waitpid's status word, taken apart: 1 when it exited, with the code; 0 when a signal ended it, with its number.
int msg_exit_code(int status, int *code);

/// Seconds east of UTC that are in force at `seconds` since the epoch in the zone of TZ (localtime_r(3)).
int64_t msg_utc_offset(int64_t seconds);

/// The same in a zone of the time zone database. It changes TZ for a moment, so no other thread may look at the time meanwhile.
int64_t msg_utc_offset_in(const char *zone, int64_t seconds);

/// Seconds since the epoch of a local civil time, DST decided by the zone (mktime(3)); *valid is 0 if there is none.
int64_t msg_local_seconds(int year, int month, int day, int hour, int minute, int second, int *valid);

/// posix_spawn(3) of a program in a process group of its own, with working directory `/`, umask 077, default signal
/// dispositions, nothing blocked, and no descriptor but the three given ones as 0 to 2. Returns 0 or an error number.
int msg_spawn(
    const char *path, char *const arguments[], char *const environment[], int input, int output, int errors, pid_t *child);

/// Starts a program under a supervisor: a fork of this process that leads a session of its own and, because it is a fork, keeps
/// every descriptor that is open here, and with them the locks, for as long as the program runs. The program gets a process group
/// of its own, `/` as working directory, umask 077, default signal dispositions, nothing blocked, /dev/null as standard input,
/// pipes to the supervisor as 1 and 2, and nothing else. When it ends the supervisor ends what is left of its group and writes the first
/// 4 KiB of each stream to `answer` and, where that is not -1, to `errors`; behind the answer a line: `=exit N`, `=signal N`,
/// `=stopped` after `limit` milliseconds, `=flooded` where it printed more than 1 MiB, or `=start ERRNO`. Where it could not write that,
/// its exit status is the error number. Returns 0 or an error number.
int msg_supervise(
    const char *path, char *const arguments[], char *const environment[], int answer, int errors, int64_t limit, pid_t *supervisor);

/// fork(2) of a process that has one thread. The child is asked to end (SIGTERM) when its parent has gone.
pid_t msg_fork_worker(void);

/// fallocate(2) of the first `size` bytes, the file's own size kept: 0 or -1.
int msg_reserve(int descriptor, int64_t size);

/// lseek(2) with SEEK_DATA: the offset of the first byte from `offset` on that is not in a hole, or -1.
int64_t msg_next_data(int descriptor, int64_t offset);

/// memfd_create(2): a file without a name, to which each write appends whole, or -1.
int msg_memory_file(void);

/// memfd_create(2): a file without a name, for `msg_seal`, or -1.
int msg_sealable_memory(void);

/// fcntl(2) with F_ADD_SEALS: from here on nobody changes the content: 0 or -1.
int msg_seal(int memory);

/// Whether this process may execute the file (faccessat(2) with AT_EACCESS): 1 or 0.
int msg_may_execute(const char *path);

/// pidfd_open(2): a descriptor that becomes readable when the child has ended, or -1.
int msg_process_descriptor(pid_t child);

#endif
