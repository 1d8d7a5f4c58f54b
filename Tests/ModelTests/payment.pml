/* A send that is paid at an external gateway: its calls of the gateway, a network that is late, loses and repeats, processes that
 * are killed at any step, recovery by whoever comes next. Checked exhaustively by spin(1).
 *
 *   outbox/ID   accepted; leaves once, to a mailbox's new/ or to voiding/     PEND  asked, or about to be
 *   voiding/ID  never to be delivered; its payment is being given back        POST  charged           DECL  certainly not charged
 *   failed/ID   over                                                          REVQ  to be given back  VOID  given back
 *
 * A key at the gateway is the id, a generation and what the record of PEND drew for it; one whose record is DECL or
 * VOID is never used again. A record names the message file that it is for: a second send of the same id may stand in outbox/ when the first is paid and away.
 * A call is a child process: it holds the lock of the message as its caller does, may outlive the caller, and leaves its answer
 * in the attempt file.
 *
 * REPEAT adds a second sender of the same id, TWO a second recipient. CUT has a power cut instead of kills: every fact on the disk
 * then has two values, what processes see, and what a cut certainly leaves (...D); a cut keeps either where they differ.
 *
 * Each of these faults must be found; a fault that is not found means that the model does not look where it should:
 *   DELIVER_FIRST       delivered before it is paid               UNKNOWN_IS_NO       `status` of an unknown key taken for "not charged"
 *   LATE_PENDING        PEND recorded after the call              REPEATED_IS_FRESH   "not asked" of a later call believed of all calls
 *   TIMEOUT_IS_DECLINE  no answer taken for a no                  STALE_ATTEMPT       an attempt file read that an earlier call left
 *   NO_IDEMPOTENCE      the gateway charges a repeated key again  SAME_KEY_AGAIN      a voided key used again
 *   NO_TOMBSTONE        it forgets the void of an unknown key     DROP_PENDING        withdrawn although its payment is pending
 *   VOID_FIRST          `void` called before it is decided        DECLINE_STAYS_OPEN  a no that is not recorded
 *   ANY_PAYMENT_COUNTS  a message delivered for the payment of another of its id
 * and with CUT the syncs: NO_OUTBOX_SYNC NO_PENDING_SYNC NO_POST_SYNC NO_DECLINE_SYNC NO_VOIDING_SYNC NO_VOID_SYNC NO_WITHDRAW_SYNC
 */
mtype = { none, outbox, mailbox, voiding, failed };             /* where a copy is */
mtype = { PEND, POST, DECL, REVQ, VOID };                       /* what the ledger says; `none` too */
mtype = { unknown, charged, declined, voided };                 /* what the gateway says of a key */
mtype = { yes, no, notAsked };                                  /* what an attempt file says; `none` too */

#define KEYS 2

#ifdef CUT
#define KILLS 0
#define CUTS 1
#else
#define KILLS 2
#define CUTS 0
#endif

mtype place[3] = none, placeD[3] = none;        /* copy 1 of each sender's message; it carries the lock */
#ifdef TWO
mtype second[3] = none;                         /* copy 2 of it */
bool event2[3] = false;
#endif
bool event[3] = false;
bool isQueued[3] = false;
bool isPromised[3] = false, isDelivered[3] = false, isRefused[3] = false;   /* what each sender was answered */
byte lock[3] = 0;                               /* descriptors that hold the lock of each message */

mtype led[KEYS] = none, ledD[KEYS] = none;
byte payee[KEYS] = 0;                            /* the message that the record is for */
mtype attempt[KEYS] = none;
byte child[KEYS] = 0;                           /* the message whose charge is being asked for */

mtype bank[KEYS] = unknown;
bool chargeAsked[KEYS] = false, voidAsked[KEYS] = false, voidDone[KEYS] = false;   /* on their way */
byte taken = 0;                                 /* how often money was taken and not given back */

byte kills = KILLS, cuts = CUTS, boot = 0, running = 0;
bool calm = false;                              /* at the end the gateway answers */

#define STEP(action) \
  if \
  :: atomic { (boot == mine) -> action } \
  :: atomic { (boot == mine && kills > 0 && !isLast) -> kills--; goto dead } \
  :: atomic { (boot != mine) -> goto dead } \
  fi

#ifdef ANY_PAYMENT_COUNTS
#define IS_FOR(n) true
#else
#define IS_FOR(n) (payee[k] == (n))
#endif
#ifdef TWO
#define IS_INCOMPLETE(n) (second[n] != outbox)
#else
#define IS_INCOMPLETE(n) false
#endif
/* The first generation that is still to be used; KEYS when there is none. */
#ifdef SAME_KEY_AGAIN
#define OPEN (led[0] == DECL -> 1 : 0)
#else
#define OPEN ((led[0] != DECL && led[0] != VOID) -> 0 : ((led[1] != DECL && led[1] != VOID) -> 1 : 2))
#endif

#ifdef CUT
#define SYNC_LEDGER STEP(ledD[0] = led[0]; ledD[1] = led[1])
#define SYNC_PLACES STEP(placeD[1] = place[1]; placeD[2] = place[2])
#define POST_IS_DURABLE (ledD[0] == POST || ledD[1] == POST)
#else
#define SYNC_LEDGER skip
#define SYNC_PLACES skip
#define POST_IS_DURABLE (led[0] == POST || led[1] == POST)
#endif

/* Invariant 1: in a mailbox only if the approval is durable, and the money taken. */
#define PAID_FOR assert(POST_IS_DURABLE && taken == 1)

/* ---- the gateway and the way to it */

#define END_OF_CHILD(k) lock[child[k]]--; child[k] = 0
#ifdef REPEAT
#define CAN_REPEAT false
#else
#define CAN_REPEAT (!calm)
#endif

inline answerCharge(k) {
  atomic { chargeAsked[k] ->
    if
#ifdef NO_IDEMPOTENCE
    :: bank[k] != voided && bank[k] != declined -> bank[k] = charged; taken++
#else
    :: bank[k] == unknown -> bank[k] = charged; taken++
#endif
    :: bank[k] == unknown -> bank[k] = declined
    :: bank[k] != unknown -> skip
    fi;
    assert(taken <= 1);                                         /* invariant 2 */
    if :: child[k] != 0 -> 
       if
       :: bank[k] == charged || bank[k] == voided -> attempt[k] = yes       /* of a voided key too: as it answered the first time */
       :: bank[k] != charged -> attempt[k] = no
       fi;
       END_OF_CHILD(k)
    :: else
    fi;
    if :: chargeAsked[k] = false :: CAN_REPEAT -> skip fi       /* it may come once more */
  }
}

inline answerVoid(k) {
  atomic { voidAsked[k] ->
    if
    :: bank[k] == charged -> bank[k] = voided; taken--
#ifndef NO_TOMBSTONE
    :: bank[k] == unknown -> bank[k] = voided
#endif
    :: else
    fi;
    voidDone[k] = true;
    voidAsked[k] = false
  }
}

inline calls(k) {
  if
  :: answerCharge(k)
  :: answerVoid(k)
  :: atomic { (chargeAsked[k] && !calm) -> chargeAsked[k] = false }                  /* lost */
  :: atomic { (child[k] != 0 && (!calm || !chargeAsked[k])) -> END_OF_CHILD(k) }     /* dies, or is ended, without an answer */
  fi
}

proctype World() {
end:
  do
  :: calls(0)
  :: calls(1)
  od
}

/* ---- what a process does: me is the sender it is, 0 for a recovery */

#define IS_AT(where) (place[1] == where || place[2] == where)
#define AT(where) (place[1] == where -> 1 : 2)
#define RELEASE(which) if :: (which > 0 && boot == mine) -> lock[which]-- :: else fi; which = 0
/* A process of before the cut stands still. */
#ifdef CUT
#define OR_CUT :: atomic { (boot != mine) -> goto dead }
#else
#define OR_CUT
#endif
#define TELL(what) if :: (me > 0) -> what :: else fi

proctype Process(byte me; bool isLast) {
  byte n = 0;                                   /* the message it has from outbox/, with its lock */
  byte twin = 0;                                /* the one it has from voiding/ */
  byte k = 0;                                   /* the generation of the key */
  byte mine = boot;
  bool isFresh = false;                         /* no call of this key can have been made before */
  bool isOver = false;                          /* decided: nothing is delivered */

  if :: (me > 0) -> isQueued[me] = true :: true fi;
look:
  if
  :: atomic { (boot == mine && IS_AT(outbox) && lock[AT(outbox)] == 0) -> n = AT(outbox); lock[n]++ }
  :: atomic { (IS_AT(outbox) && lock[AT(outbox)] > 0 && !isLast) -> goto done }
  :: atomic { !IS_AT(outbox) }
  OR_CUT
  fi;

  /* What stands in voiding/ under the same id is finished before anything is done with the one in outbox/. */
voidingFirst:
  if
  :: atomic { (boot == mine && IS_AT(voiding) && lock[AT(voiding)] == 0) -> twin = AT(voiding); lock[twin]++; goto giveBack }
  :: atomic { (IS_AT(voiding) && lock[AT(voiding)] > 0 && !isLast) -> goto notAcknowledged }
  :: atomic { !IS_AT(voiding) -> goto nothingInVoiding }
  OR_CUT
  fi;

  /* Gives back the payment of a message in voiding/ and files it. */
giveBack:
  SYNC_LEDGER;
  k = OPEN;
  if
  :: (k < KEYS && led[k] != none && payee[k] == twin) ->
#ifndef VOID_FIRST
     if :: (led[k] != REVQ) -> STEP(led[k] = REVQ); SYNC_LEDGER :: else fi;
#endif
     STEP(voidDone[k] = false; voidAsked[k] = true);
     if
     :: (voidDone[k]) -> STEP(led[k] = VOID);
#ifndef NO_VOID_SYNC
        SYNC_LEDGER
#else
        skip
#endif
     :: (!isLast) -> goto notAcknowledged                       /* time-out */
     OR_CUT
     fi
  :: else
  fi;
#ifdef TWO
  if :: (second[twin] == outbox) -> STEP(second[twin] = failed) :: else fi;
#endif
  STEP(place[twin] = failed; RELEASE(twin));
  if :: isOver -> goto done :: else -> goto nothingInVoiding fi;
notAcknowledged:
  if
  :: (n > 0 && n == me) -> isOver = true; goto withdraw
  :: else -> TELL(isRefused[me] = true); goto done
  fi;

nothingInVoiding:
  if
  :: (n > 0) -> goto carry
  :: (n == 0 && (me == 0 || led[0] == POST || led[1] == POST)) -> goto done
  :: (n == 0 && me > 0 && led[0] != POST && led[1] != POST) -> skip
  OR_CUT
  fi;
  /* Its own message: exclusive among outbox/ID, locked before it has that name. */
  STEP(if :: (place[me] != none || IS_AT(outbox)) -> goto done :: else -> place[me] = outbox; n = me; lock[me]++ fi);
#ifdef TWO
  STEP(second[me] = outbox);
#endif
#ifndef NO_OUTBOX_SYNC
  SYNC_PLACES;
#endif
  goto voidingFirst;

  /* The table: from what is found in outbox/ to what is done. */
carry:
  SYNC_LEDGER;
  k = OPEN;
#ifdef DELIVER_FIRST
  if :: (k < KEYS && led[k] == PEND) -> goto deliver :: else fi;
#endif
  if
  :: (k == KEYS) -> goto close                                  /* the model's bound */
#ifndef ANY_PAYMENT_COUNTS
  :: (k < KEYS && led[k] != none && led[k] != VOID && payee[k] != n) -> goto withdraw     /* a second send of an id that is paid */
#endif
  :: (k < KEYS && led[k] == POST && IS_FOR(n)) -> goto deliver
  :: (k < KEYS && led[k] == REVQ && IS_FOR(n)) -> goto giveUp
  :: (k < KEYS && led[k] == none && (IS_INCOMPLETE(n) || (me != n && !isQueued[n]))) -> goto withdraw
  :: (k < KEYS && isQueued[n] && (led[k] == none || (led[k] == PEND && IS_FOR(n)))) -> goto giveUp    /* expired, or cancelled */
  :: (k < KEYS && (led[k] == none || led[k] == VOID) && !IS_INCOMPLETE(n) && (me == n || isQueued[n])) ->
#ifndef LATE_PENDING
     STEP(led[k] = PEND; payee[k] = n);
#ifndef NO_PENDING_SYNC
     SYNC_LEDGER;
#endif
#endif
     isFresh = true; goto ask
  :: (k < KEYS && led[k] == PEND && IS_FOR(n)) ->
#ifdef DROP_PENDING
     goto withdraw;
#endif
     if
     :: (attempt[k] == yes) -> goto post
     :: (attempt[k] == no) -> goto decline
#ifdef STALE_ATTEMPT
     :: (attempt[k] == notAsked) -> goto decline
#endif
     :: (attempt[k] != yes && attempt[k] != no) ->
        if
        :: (bank[k] == charged) -> goto post                    /* status */
        :: (bank[k] == declined || bank[k] == voided) -> goto decline
#ifdef UNKNOWN_IS_NO
        :: (bank[k] == unknown) -> goto decline
#else
        :: (bank[k] == unknown) -> goto ask
#endif
        OR_CUT
        fi
     OR_CUT
     fi
  OR_CUT
  fi;

  /* One call of the gateway. */
ask:
  if
#ifdef STALE_ATTEMPT
  :: STEP(child[k] = n; lock[n]++; chargeAsked[k] = true)
#else
  :: STEP(attempt[k] = none; child[k] = n; lock[n]++; chargeAsked[k] = true)
#endif
  :: (!calm) -> STEP(attempt[k] = notAsked)
  fi;
#ifdef LATE_PENDING
  STEP(led[k] = PEND; payee[k] = n);
#endif
  if
  :: (attempt[k] == yes) -> goto post
  :: (attempt[k] == no) -> goto decline
#ifdef REPEATED_IS_FRESH
  :: (attempt[k] == notAsked) ->
#else
  :: (attempt[k] == notAsked && isFresh) ->                     /* no earlier call of this key can be on its way */
#endif
     if
     :: isQueued[n] -> STEP(led[k] = DECL); SYNC_LEDGER; goto leave
     :: else -> goto decline
     fi
  :: (!isLast) ->                                               /* time-out, in doubt, pending */
#ifdef TIMEOUT_IS_DECLINE
     goto decline
#else
     if
     :: (me > 0 && !isQueued[n]) -> goto giveUp                 /* a sender who has to answer now */
     :: else -> goto leave                                      /* asked again later */
     fi
#endif
  OR_CUT
  fi;

post:
  STEP(led[k] = POST);
#ifndef NO_POST_SYNC
  SYNC_LEDGER;
#endif
deliver:
#ifdef TWO
  if :: (second[n] == outbox) -> STEP(event2[n] = true) :: else fi;
#endif
  STEP(event[n] = true);
#ifdef TWO
  if :: (second[n] == outbox) -> STEP(second[n] = mailbox; PAID_FOR) :: else fi;
#endif
  if
  :: STEP(place[n] = mailbox; PAID_FOR); SYNC_PLACES; TELL(isDelivered[me] = true); goto done
  :: (!isLast) ->                                               /* the disk is full: take back, give back */
#ifdef TWO
     if :: (second[n] == mailbox) -> STEP(second[n] = outbox) :: else fi;
#endif
     goto giveUp
  fi;

  /* Certainly not charged. A queued message that somebody else finds declined is filed, so that its sender can be told. */
decline:
#ifndef DECLINE_STAYS_OPEN
  STEP(led[k] = DECL);
#ifndef NO_DECLINE_SYNC
  SYNC_LEDGER;
#endif
#endif
close:
  if
  :: (isQueued[n] && me != n) -> goto giveUp
  :: else -> isOver = true
  fi;
withdraw:
#ifdef TWO
  if :: (second[n] == outbox) -> STEP(second[n] = none) :: else fi;
#endif
  STEP(place[n] = none);
#ifndef NO_WITHDRAW_SYNC
  if :: isQueued[n] -> SYNC_PLACES :: else fi;
#endif
  if
  :: (isOver || n == me) -> TELL(isRefused[me] = true); goto done
  :: else -> atomic { RELEASE(n) }; goto voidingFirst           /* what was left behind is away: now its own */
  fi;

giveUp:
#ifdef VOID_FIRST
  if :: (k < KEYS) -> STEP(voidDone[k] = false; voidAsked[k] = true) :: else fi;
#endif
  STEP(assert(!IS_AT(voiding)); place[n] = voiding);
#ifndef NO_VOIDING_SYNC
  SYNC_PLACES;
#endif
  atomic { TELL(isRefused[me] = true); twin = n; n = 0; isOver = true };
  goto giveBack;

leave:
  TELL(isPromised[n] = true);
done:
dead:
  atomic { RELEASE(n); RELEASE(twin); k = 0; isFresh = false; isOver = false };
  if :: (isLast && (IS_AT(outbox) || IS_AT(voiding))) -> goto look :: else fi;
  atomic { running-- }
}

#ifdef CUT
#define KEEP(fact, factD) if :: fact = factD :: factD = fact fi
proctype PowerCut() {
  if
  :: atomic { (cuts > 0) -> cuts--; boot++;
       lock[1] = 0; lock[2] = 0;
       child[0] = 0; child[1] = 0;
       KEEP(place[1], placeD[1]); KEEP(place[2], placeD[2]); KEEP(led[0], ledD[0]); KEEP(led[1], ledD[1]);
       /* The attempt files are not synced. */
       if :: attempt[0] = none :: skip fi; if :: attempt[1] = none :: skip fi }
  :: true
  fi;
  running--
}
#endif

#define COUNT(n) (place[n] == mailbox)

init {
  atomic {
    run World();
    running = 1; run Process(1, false);
#ifdef REPEAT
    running++; run Process(2, false);
#endif
#ifdef CUT
    running++; run PowerCut();
#endif
  }
#ifndef REPEAT
  running++; run Process(0, false);
#endif
  (running == 0);
  calm = true;
  running = 1; run Process(0, true);
  (running == 0);
  (!chargeAsked[0] && !chargeAsked[1] && !voidAsked[0] && !voidAsked[1]);
  /* Nothing is stuck. */
  assert(led[0] != PEND && led[0] != REVQ && led[1] != PEND && led[1] != REVQ);
  /* Invariants 1 to 3: delivered once and charged once, or neither; the sums agree on both sides. */
  assert(COUNT(1) + COUNT(2) == taken);
  assert((led[0] == POST) == (bank[0] == charged) && (led[1] == POST) == (bank[1] == charged));
#ifdef TWO
  assert((second[1] == mailbox) == COUNT(1) && (second[2] == mailbox) == COUNT(2));
#endif
  /* Invariant 4, and the promise: as each sender was told. */
  assert(!isDelivered[1] || COUNT(1) || COUNT(2)); assert(!isDelivered[2] || COUNT(1) || COUNT(2));
  assert(!isRefused[1] || !COUNT(1)); assert(!isRefused[2] || !COUNT(2));
  assert(!isPromised[1] || COUNT(1) || place[1] == failed); assert(!isPromised[2] || COUNT(2) || place[2] == failed);
  /* Invariant 6: what was delivered has its event. */
  assert((!COUNT(1) || event[1]) && (!COUNT(2) || event[2]))
}
