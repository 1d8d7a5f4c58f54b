// What a paid, durable send costs at the least: the file system calls of a warm `msg-send RECIPIENT TEXT`, in its order and
// with its five syncs, made by a C program that computes nothing. `msg-bench send` runs the two in turn.
//
//   msg-bench-floor SPOOL RECIPIENT   one send of rubbish into a throw-away spool that msg-send has sent in before
//   msg-bench-floor                   does nothing: the cost of a process
//
// The calls come from `strace -f msg-send RECIPIENT TEXT` of the third send in a spool, without those of the language's start.
// When msg-send changes what it calls, this follows; `msg-bench send` prints the number of calls of both.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { record = 512, bucket = 512, index_head = 84, message = 400 };

static char bytes[4097];

/// The result of a call; the program ends where one fails.
static long must(long result, const char *call) {
  if (result >= 0) return result;
  perror(call);
  exit(1);
}

static int open_beneath(int folder, const char *path, int flags) {
  struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
  if (flags & O_CREAT) how.mode = 0600;
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static int opened(int folder, const char *path, int flags) { return (int)must(open_beneath(folder, path, flags), path); }

static int opened_file(int folder, const char *path, int flags) {
  return opened(folder, path, flags | O_NONBLOCK | O_NOCTTY);
}

/// Reads a file that is there, or finds that it is not.
static void look(int folder, const char *path) {
  int file = open_beneath(folder, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return;
  while (must(read(file, bytes, sizeof bytes), path) > 0) {}
  close(file);
}

/// The greatest number that is a name in a folder, 0 for none.
static long greatest(int folder) {
  DIR *stream = fdopendir((int)must(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open"));
  long found = 0;
  if (!stream) must(-1, "fdopendir");
  for (struct dirent *entry; (entry = readdir(stream));) {
    long number = atol(entry->d_name);
    if (number > found) found = number;
  }
  closedir(stream);
  return found;
}

static int open_root(const char *spool) {
  int root = (int)must(open(spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC), spool);
  look(root, "format");
  look(root, "config");
  look(root, "aliases");
  return root;
}

static void read_zone(void) {
  int zone = open("/etc/localtime", O_RDONLY | O_CLOEXEC);
  if (zone < 0) return;
  must(read(zone, bytes, 4096), "/etc/localtime");
  close(zone);
}

/// The message: `tmp/`, fsync, `outbox/`, fsync. The descriptor keeps its lock.
static int accept_message(int root, int outbox, const char *id) {
  char draft[64];
  int temporary = opened(root, "tmp", O_RDONLY | O_DIRECTORY);
  snprintf(draft, sizeof draft, "%s.0123456789abcdef", id);
  int file = opened_file(temporary, draft, O_RDWR | O_CREAT | O_EXCL);
  must(flock(file, LOCK_EX | LOCK_NB), "flock");
  must(write(file, memset(bytes, 'x', message), message), "write");
  must(fsync(file), "fsync");
  must(renameat2(temporary, draft, outbox, id, RENAME_NOREPLACE), "rename");
  must(fsync(outbox), "fsync");
  return file;
}

/// The charge: one record, two buckets of the index, its head, fdatasync.
static void charge(int root, const char *boot) {
  char path[128];
  struct stat status;
  snprintf(path, sizeof path, "pay/cache/%s/index", boot);
  int index = opened_file(root, path, O_RDWR);
  must(pread(index, bytes, index_head, 0), "pread");
  must(fstat(index, &status), "fstat");
  int ledger = opened_file(root, "pay/ledger/00000001", O_RDWR);
  must(flock(ledger, LOCK_EX | LOCK_NB), "flock");
  must(fstat(ledger, &status), "fstat");
  off_t end = status.st_size;
  must(fstatat(root, "pay/ledger/00000001", &status, AT_SYMLINK_NOFOLLOW), "stat");
  must(pread(index, bytes, index_head, 0), "pread");
  (void)fstatat(root, "pay/ledger/00000001.poisoned", &status, AT_SYMLINK_NOFOLLOW);
  must(pread(ledger, bytes, record, end - record), "pread");
  for (int number = 1; number <= 2; number++) must(pread(index, bytes, bucket, number * bucket), "pread");
  must(pwrite(ledger, memset(bytes, 'x', record), record, end), "pwrite");
  for (int number = 1; number <= 2; number++) must(pwrite(index, bytes, bucket, number * bucket), "pwrite");
  must(pwrite(index, bytes, index_head, 0), "pwrite");
  must(flock(ledger, LOCK_UN), "flock");
  must(fdatasync(ledger), "fdatasync");
  close(index);
  close(ledger);
}

/// The event: the next number, a link, fsync.
static void announce(int root, int outbox, const char *id) {
  char name[32];
  struct stat status;
  int feed = opened(root, "feed", O_RDONLY | O_DIRECTORY);
  snprintf(name, sizeof name, "%012ld", greatest(feed));
  int segment = opened(feed, name, O_RDONLY | O_DIRECTORY);
  snprintf(name, sizeof name, "%012ld", greatest(segment) + 1);
  must(fstatat(outbox, id, &status, AT_SYMLINK_NOFOLLOW), "stat");
  must(linkat(outbox, id, segment, name, 0), "link");
  must(fsync(segment), "fsync");
  close(segment);
  close(feed);
}

static void send_message(const char *spool, const char *recipient) {
  char boot[37] = {0}, id[27], mailbox[160], delivered[96];
  unsigned char noise[13];
  sigset_t held;
  int root = open_root(spool);
  must(getrandom(noise, sizeof noise, 0), "getrandom");
  for (int i = 0; i < 13; i++) snprintf(id + 2 * i, 3, "%02X", noise[i]);
  read_zone();
  sigemptyset(&held);
  sigaddset(&held, SIGTERM);
  sigprocmask(SIG_BLOCK, &held, NULL);
  int file = (int)must(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC), "boot_id");
  must(read(file, boot, 36), "boot_id");
  close(file);
  int outbox = opened(root, "outbox", O_RDONLY | O_DIRECTORY);
  (void)greatest(outbox);
  int voiding = opened(root, "voiding", O_RDONLY | O_DIRECTORY);
  (void)greatest(voiding);
  close(voiding);
  snprintf(mailbox, sizeof mailbox, "mailboxes/%s/new", recipient);
  int new = opened(root, mailbox, O_RDONLY | O_DIRECTORY);
  file = accept_message(root, outbox, id);
  charge(root, boot);
  announce(root, outbox, id);
  snprintf(delivered, sizeof delivered, "1700000000.%s.host,S=%d", id, message);
  must(renameat2(outbox, id, new, delivered, RENAME_NOREPLACE), "rename");
  must(fsync(new), "fsync");
  close(file);
  sigprocmask(SIG_UNBLOCK, &held, NULL);
}

int main(int count, char **words) {
  if (count == 3) send_message(words[1], words[2]);
  return count == 1 || count == 3 ? 0 : 64;
}
