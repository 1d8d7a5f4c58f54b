/* A payment provider for the load and the stress test, as an exec gateway:
 *
 *   msg-bench-bank FOLDER charge|status|void KEY AMOUNT CURRENCY ACCOUNT
 *
 * It keeps one file a key in FOLDER/keys, of lines that are each written at once, under a lock on the file, so that killing it
 * anywhere leaves whole lines:
 *
 *   ? VERB              it was asked              ! AMOUNT ACCOUNT   declined
 *   + AMOUNT ACCOUNT    money taken               - AMOUNT ACCOUNT   money given back       x   voided before it was charged
 *
 * FOLDER/behaviour, read at each call, says how it behaves, a word and its numbers a line:
 *
 *   delay MIN MAX   milliseconds that a call takes, evenly distributed
 *   double N        a call takes twice as long with each N other calls in hand when it begins, and a part of it more with a part of N
 *   seed N          of all chance; the same call of the same key then goes the same way
 *   and of 100 calls how many: decline · refuse (69, nothing done) · lose (nothing done, in doubt) · drop (done, in doubt) · die (done,
 *   killed) · garbage (done, a nonsense answer) · pending (75, done later) · late (done after the caller gave up) · repeat (done, and
 *   arrives once more later) · hang (nothing done, no answer) · stall (done, no answer). `status` has no side of it that is done.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { mostCalls = 128 };
enum { done = 0, notAsked = 69, inDoubt = 70, pending = 75, declined = 77 };

static const char *folder, *verb, *key, *amount, *account;
static char behaviour[4096];

static void fail(const char *what) {
  fprintf(stderr, "msg-bench-bank: %s: %s\n", what, strerror(errno));
  _exit(inDoubt);
}

/* The numbers behind a word of the behaviour file; 0 where it does not stand there. */
static void setting(const char *word, long *first, long *second) {
  *first = *second = 0;
  size_t length = strlen(word);
  for (const char *line = behaviour; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
    if (!strncmp(line, word, length) && line[length] == ' ') {
      char *rest;
      *first = strtol(line + length, &rest, 10);
      if (*rest == ' ') *second = strtol(rest, NULL, 10);
    }
}

static void readBehaviour(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/behaviour", folder);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return;
    fail(path);
  }
  ssize_t count = read(file, behaviour, sizeof behaviour - 1);
  if (count < 0) fail(path);
  close(file);
}

static void wait_for(long milliseconds) {
  struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) < 0 && errno == EINTR) {}
}

/* The file of the key, locked. */
static int openKey(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/keys/%s", folder, key);
  int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) fail(path);
  while (flock(file, LOCK_EX) < 0) if (errno != EINTR) fail(path);
  return file;
}

static void note(int file, const char *line) {
  size_t length = strlen(line);
  if (write(file, line, length) != (ssize_t)length) fail("cannot note what was done");
}

/* What the key is: '+' charged, '!' declined, '-' given back, 'x' voided, 0 unknown. `asked` counts the calls of it. */
static char stateOf(int file, unsigned *asked, int *differs) {
  char text[65536], expected[512];
  ssize_t count = pread(file, text, sizeof text - 1, 0);
  if (count < 0) fail("cannot read the key's file");
  text[count] = 0;
  snprintf(expected, sizeof expected, " %s %s", amount, account);
  char state = 0;
  *asked = 0;
  *differs = 0;
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    if (*line == '?') { ++*asked; continue; }
    if (*line != 'x' && strcmp(line + 1, expected)) *differs = 1;
    state = *line;
  }
  return state;
}

/* Does what is asked, once for the key; the exit status that tells it. */
static int apply(int mayDecline) {
  int file = openKey(), differs;
  unsigned asked;
  char line[512], state = stateOf(file, &asked, &differs);
  int answer = inDoubt;
  if (differs) {
    answer = 65;
  } else if (!strcmp(verb, "status")) {
    answer = state == '+' ? done : state ? declined : notAsked;
  } else if (!strcmp(verb, "charge")) {
    if (!state) {
      state = mayDecline ? '!' : '+';
      snprintf(line, sizeof line, "%c %s %s\n", state, amount, account);
      note(file, line);
    }
    answer = state == '+' ? done : declined;
  } else {
    if (state == '+') {
      snprintf(line, sizeof line, "- %s %s\n", amount, account);
      note(file, line);
    } else if (!state) {
      note(file, "x\n");
    }
    answer = done;
  }
  close(file);
  return answer;
}

/* How many calls are in hand, this one included: each has the lock of a file, which ends with it. */
static long countCalls(void) {
  long count = 0;
  int isIn = 0;
  for (int number = 1; number <= mostCalls; number++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/load.%d", folder, number);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) fail(path);
    if (flock(file, LOCK_EX | LOCK_NB) < 0) {
      if (errno != EWOULDBLOCK) fail(path);
      count++;
    } else if (!isIn) {
      isIn = 1;
      count++;
      continue; /* kept until the process ends */
    }
    close(file);
  }
  return count;
}

/* What arrives later: in a process of its own, that has nothing of the caller's, as another machine has not. */
static void applyLater(long milliseconds) {
  pid_t process = fork();
  if (process < 0) fail("fork");
  if (process) return;
  setsid();
  for (int file = 0; file < 1024; file++) close(file);
  wait_for(milliseconds);
  apply(0);
  _exit(0);
}

int main(int count, char **arguments) {
  if (count != 7) {
    fprintf(stderr, "msg-bench-bank: FOLDER charge|status|void KEY AMOUNT CURRENCY ACCOUNT\n");
    return 64;
  }
  folder = arguments[1], verb = arguments[2], key = arguments[3], amount = arguments[4], account = arguments[6];
  if (strchr(key, '/') || *key == '.' || (strcmp(verb, "charge") && strcmp(verb, "status") && strcmp(verb, "void"))) return 64;
  readBehaviour();

  /* The how-many-th call of this key it is makes its luck. */
  unsigned asked;
  int differs, file = openKey();
  stateOf(file, &asked, &differs);
  char line[64];
  snprintf(line, sizeof line, "? %s\n", verb);
  note(file, line);
  close(file);
  long seed, least, most, unused;
  setting("seed", &seed, &unused);
  setting("delay", &least, &most);
  uint64_t luck = 1469598103934665603u ^ (uint64_t)seed * 0x9E3779B97F4A7C15u ^ (uint64_t)asked << 48;
  for (const char *byte = key; *byte; byte++) luck = (luck ^ (uint64_t)*byte) * 1099511628211u;
  luck = (luck ^ luck >> 31) * 0xBF58476D1CE4E5B9u;
  luck ^= luck >> 29;

  static const char *faults[] = {"decline", "refuse", "lose", "drop", "die", "garbage", "pending", "late", "repeat", "hang", "stall", NULL};
  const char *fault = "";
  long number = (long)(luck % 100);
  for (int index = 0; faults[index]; index++) {
    long share;
    setting(faults[index], &share, &unused);
    if (number >= 0 && number < share) fault = faults[index];
    number -= share;
  }
  long delay = least + (most > least ? (long)((luck >> 20) % (uint64_t)(most - least + 1)) : 0);

  long step;
  setting("double", &step, &unused);
  if (step > 0) {
    long others = countCalls() - 1;
    for (; others >= step; others -= step) delay *= 2;
    delay += delay * others / step;
  }

#define IS(name) (!strcmp(fault, name))
  if (IS("pending")) applyLater(delay * 2 + 200);
  if (IS("late")) applyLater(delay + 1500);
  if (IS("repeat")) applyLater(delay + 500);
  wait_for(delay);
  if (IS("refuse")) return strcmp(verb, "charge") ? inDoubt : notAsked;
  if (IS("lose") || IS("late")) return inDoubt;
  if (IS("pending")) return pending;
  alarm(120); /* what nobody ends, ends */
  while (IS("hang")) pause();
  int answer = apply(IS("decline"));
  if (IS("drop")) return inDoubt;
  if (IS("die")) raise(SIGKILL);
  if (IS("garbage")) return write(1, "ok\x1b[2J \xff\xfe", 9) == 9 ? done : inDoubt;
  while (IS("stall")) pause();
  if (answer == done) printf("ok %s\n", key);
  return fflush(stdout) ? inDoubt : answer;
}
