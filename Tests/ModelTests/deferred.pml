/* A message that waits in deferred/messages/ and is taken up, as Sources/Contexts/Sending/DeferredQueue.swift carries it: a process that is killed at
 * any step, a power cut at any moment, later commands. Checked exhaustively by spin(1).
 *
 * Under POSIX a power cut keeps each rename that was not synced, or not, whatever their order. So the two renames, out of deferred/ and
 * into the mailbox, are two facts, and each has two values: what processes see, and what a cut certainly leaves (...D). Where the second is
 * kept and the first is not, the message waits and is delivered at once.
 *
 * Each of these faults must be found:
 *   NO_TAKE_UP_SYNC     taken up and not synced before it is delivered
 *   NO_FOUND_SYNC       one that a killed process took up is not synced by the command that finds it
 *   NO_MAILBOX_SYNC     delivered and not synced before it is answered for
 */
bool isTakenUp = false, isTakenUpD = false;     /* outbox/ID, no longer deferred/messages/ID */
bool isMoved = false, isMovedD = false;         /* in the mailbox, no longer outbox/ID */
byte earlier = 0;                               /* copies in the mailbox of which the message that waits again knows nothing */
bool isReported = false;                        /* a flush has said that nothing is left */
bool locked = false;
byte kills = 2, cuts = 1, boot = 0, running = 0;

#define STEP(action) \
  if \
  :: atomic { (boot == mine) -> action } \
  :: atomic { (boot == mine && kills > 0 && !isLast) -> kills--; locked = false; goto dead } \
  :: (boot != mine) -> goto dead \
  fi

proctype Flush(bool isLast) {
  byte mine = boot;
  if
  :: atomic { (boot == mine && !locked && !isMoved) -> locked = true }
  :: atomic { (boot != mine || locked || isMoved) -> goto dead }
  fi;
  if
  :: (!isTakenUp) -> STEP(isTakenUp = true);
#ifndef NO_TAKE_UP_SYNC
     STEP(isTakenUpD = isTakenUp)
#endif
  :: else ->
#ifndef NO_FOUND_SYNC
     STEP(isTakenUpD = isTakenUp)
#else
     skip
#endif
  fi;
  STEP(isMoved = true);
#ifndef NO_MAILBOX_SYNC
  STEP(isMovedD = isMoved);
#endif
  STEP(isReported = true);
  atomic { if :: (boot == mine) -> locked = false :: else fi };
dead: running--
}

#define KEEP(fact, factD) if :: fact = factD :: factD = fact fi

proctype PowerCut() {
  if
  :: atomic { (cuts > 0) -> cuts--; boot++; locked = false; KEEP(isTakenUp, isTakenUpD); KEEP(isMoved, isMovedD);
       if
       :: (isMoved && !isTakenUp) -> earlier++; isMoved = false; isMovedD = false
       :: else
       fi }
  :: true
  fi;
  running--
}

init {
  running = 3; run Flush(false); run Flush(false); run PowerCut();
  (running == 0);
  assert(!isReported || isMoved || earlier > 0);
  running = 1; run Flush(true);
  (running == 0);
  assert(isMoved && earlier == 0)
}
