// Makes writes to files short, as a signal or a full disk does: preloaded by the fault suite. SHORT_WRITE is the number of the write that takes
// the first half of its bytes alone, or 0 for every write; SHORT_WRITE_LOG is a file that gets a byte for each one.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t shortened(int fd, size_t count) {
  static long seen;
  struct stat status;
  const char *which = getenv("SHORT_WRITE"), *log = getenv("SHORT_WRITE_LOG");
  if (!which || count < 2 || fd <= 2 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return count;
  long number = atol(which);
  if (++seen != number && number != 0) return count;
  int out = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (out >= 0) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    real(out, "x", 1);
    close(out);
  }
  return count / 2;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  return real(fd, bytes, shortened(fd, count));
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
  return real(fd, bytes, shortened(fd, count), offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }
