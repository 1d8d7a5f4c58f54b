/* A send to two recipients on the embedded ledger, as Sources/Sending/Dispatcher.swift carries it: processes that are killed at
 * any step, a power cut at any moment, recovery by whoever comes next. Checked exhaustively by spin(1).
 *
 * Every fact has two values: what processes see, and what a power cut certainly leaves (…D). A cut keeps, for each fact that
 * was changed and not synced, either the old value or the new one.
 *
 * Each of these faults must be found; a fault that is not found means that the model does not look where it should:
 *   NO_OUTBOX_SYNC NO_LEDGER_SYNC NO_FEED_SYNC NO_VOIDING_SYNC NO_FOUND_SYNC
 *   NO_TAKE_BACK_SYNC DELIVER_FIRST LEADER_FIRST LINK_LATE NO_REVERSAL NO_TAKE_BACK
 */
mtype = { none, outbox, mailbox, voiding, failed, unpaid, charged, reversed };

mtype leader = none, leaderD = none;        /* where copy 1 is; it carries the lock */
mtype follower = none, followerD = none;    /* where copy 2 is */
mtype ledger = unpaid, ledgerD = unpaid;
bool feed1 = false, feed1D = false, feed2 = false, feed2D = false;
bool locked = false;
bool saidYes = false, saidNo = false;       /* what the sender was answered */
byte kills = 2, cuts = 1;
byte boot = 0;                              /* processes of an earlier boot are gone */
byte running = 0;

#define STEP(action) \
  if \
  :: atomic { (boot == mine) -> action } \
  :: atomic { (boot == mine && kills > 0 && !isLast) -> kills--; if :: holds -> locked = false :: else fi; goto dead } \
  :: (boot != mine) -> goto dead \
  fi

#define IS_DELIVERED (leader == mailbox || follower == mailbox)
/* Invariant 1: in a mailbox only if the payment is durable. */
#define PAID_FOR assert(!IS_DELIVERED || ledgerD == charged)

inline syncOutbox() {
#ifndef NO_OUTBOX_SYNC
  STEP(leaderD = leader; followerD = follower)
#else
  skip
#endif
}

inline syncLedger() {
#ifndef NO_LEDGER_SYNC
  STEP(ledgerD = ledger)
#else
  skip
#endif
}

inline publish() {
#ifndef LINK_LATE
  if :: (follower == outbox && !feed2) -> STEP(feed2 = true) :: else fi;
  if :: (leader == outbox && !feed1) -> STEP(feed1 = true) :: else fi;
#ifndef NO_FEED_SYNC
  STEP(feed1D = feed1; feed2D = feed2)
#endif
#else
  skip
#endif
}

inline deliverFollower() {
  if
  :: (follower == outbox) -> STEP(follower = mailbox; PAID_FOR); STEP(followerD = follower)
  :: else ->
#ifndef NO_FOUND_SYNC
     /* Somebody who is gone moved it, and may not have come to sync it. */
     STEP(followerD = follower)
#else
     skip
#endif
  fi
}

inline deliverLeader() {
  STEP(leader = mailbox; PAID_FOR); STEP(leaderD = leader)
}

inline deliver() {
  publish();
#ifdef LEADER_FIRST
  deliverLeader(); deliverFollower();
#else
  deliverFollower(); deliverLeader();
#endif
#ifdef LINK_LATE
  STEP(feed1 = true; feed2 = true); STEP(feed1D = true; feed2D = true)
#endif
}

inline reverse() {
#ifndef NO_REVERSAL
  if :: (ledger == charged) -> STEP(ledger = reversed) :: else fi;
  /* Also what is found reversed is made durable: the ledger reports nothing that is not. */
  syncLedger();
#endif
  if :: (follower == outbox) -> STEP(follower = failed) :: else fi;
  STEP(leader = failed)
}

proctype Sender() {
  bool holds = false, isLast = false;
  byte mine = boot;
  STEP(leader = outbox; locked = true; holds = true);
  STEP(follower = outbox);
  syncOutbox();
#ifdef DELIVER_FIRST
  deliverFollower();
#endif
  if
  :: true ->                                               /* no credit */
     STEP(follower = none); STEP(leader = none; saidNo = true); goto done
  :: true -> STEP(ledger = charged); syncLedger()
  fi;
  if
  :: true -> deliver(); STEP(saidYes = true)
  :: true ->                                               /* the second delivery fails: undo, and give back */
     publish();
     deliverFollower();
#ifndef NO_TAKE_BACK
     if :: (follower == mailbox) -> STEP(follower = outbox) :: else fi;
#ifndef NO_TAKE_BACK_SYNC
     STEP(followerD = follower);
#endif
#endif
     STEP(leader = voiding);
#ifndef NO_VOIDING_SYNC
     STEP(leaderD = leader; followerD = follower);
#endif
     /* The answer may be given before the money is back: the decision is what counts. */
     if :: true -> reverse() :: true fi;
     STEP(saidNo = true)
  fi;
done: atomic { if :: (holds && boot == mine) -> locked = false :: else fi };
dead: running--
}

proctype Recovery(bool isLast) {
  bool holds = false;
  byte mine = boot;
  if
  :: atomic { (boot == mine && !locked && (leader == outbox || leader == voiding)) -> locked = true; holds = true }
  :: atomic { (boot != mine || locked || (leader != outbox && leader != voiding)) -> goto done }
  fi;
  if
  :: (leader == voiding) -> reverse()
  :: (leader == outbox && ledger == charged) -> syncLedger(); deliver()
  :: else -> if :: (follower == outbox) -> STEP(follower = none) :: else fi; STEP(leader = none)
  fi;
done: atomic { if :: (holds && boot == mine) -> locked = false :: else fi };
dead: running--
}

#define KEEP(fact, factD) if :: fact = factD :: factD = fact fi

proctype PowerCut() {
  if
  :: atomic { (cuts > 0) -> cuts--; boot++; locked = false;
       KEEP(leader, leaderD); KEEP(follower, followerD); KEEP(ledger, ledgerD); KEEP(feed1, feed1D); KEEP(feed2, feed2D) }
  :: true
  fi;
  running--
}

init {
  running = 2; run Sender(); run PowerCut();
  (leader != none || saidNo || running < 2) -> running++; run Recovery(false);
  running++; run Recovery(false);
  (running == 0);
  running = 1; run Recovery(true);
  (running == 0);
  /* Invariants 1 to 4: delivered to both and paid, or to nobody and not charged; and as the sender was told. */
  assert((leader == mailbox && follower == mailbox && ledger == charged)
      || (leader != mailbox && follower != mailbox && ledger != charged));
  assert(!saidYes || leader == mailbox);
  assert(!saidNo || leader != mailbox);
  /* Invariant 6: what was delivered has its event, durably. */
  assert(leader != mailbox || (feed1D && feed2D))
}
