import type { Clock } from '../platform/clock.ts';
import { tryFor } from '../platform/try-again.ts';
import type { Store } from './store.ts';

const RETRY_MS = 100;
/** An answer that is ready and a message that has gone out must be written down; nobody waits for it in a response. */
const WRITE_PATIENCE_MS = 60_000;
/** Somebody waits for what is read. */
const READ_PATIENCE_MS = 1_500;
/** Without it nothing begins, and what comes meanwhile waits; a start that gave up at once would only be started again. */
const TAKE_OVER_PATIENCE_MS = 20_000;

/** The same store, which tries again while it is busy or cannot write: another program that holds the file for a second must not cost
 *  an answer. Every transition is a compare-and-set, so a repeated call does no harm. `acceptTurn` stays as it is: how long an event
 *  may wait depends on its platform. */
export function makePatient(store: Store, clock: Clock): Store {
  function patient<Args extends unknown[], Result>(
    call: (...args: Args) => Promise<Result>,
    patienceMs: number,
  ): (...args: Args) => Promise<Result> {
    return (...args) => tryFor(patienceMs, () => call(...args), { clock, pauseMs: RETRY_MS });
  }
  const write = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    patient(call.bind(store), WRITE_PATIENCE_MS);
  const read = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    patient(call.bind(store), READ_PATIENCE_MS);
  return {
    acceptTurn: store.acceptTurn.bind(store),
    readMemory: read(store.readMemory),
    readTurn: read(store.readTurn),
    readTurns: read(store.readTurns),
    readDeliveries: read(store.readDeliveries),
    moveTurn: write(store.moveTurn),
    answerTurn: write(store.answerTurn),
    addDelivery: write(store.addDelivery),
    recordAcknowledgement: write(store.recordAcknowledgement),
    moveDelivery: write(store.moveDelivery),
    recordEcho: write(store.recordEcho),
    resetConversation: read(store.resetConversation),
    claimGreeting: read(store.claimGreeting),
    takeOver: patient(store.takeOver.bind(store), TAKE_OVER_PATIENCE_MS),
    purgeBefore: store.purgeBefore.bind(store),
    expireHeldBefore: store.expireHeldBefore.bind(store),
    saveThread: write(store.saveThread),
    removeThread: write(store.removeThread),
    readThread: read(store.readThread),
    readThreads: read(store.readThreads),
    takeThreads: store.takeThreads.bind(store),
    ownTurns: write(store.ownTurns),
    silenceConversation: write(store.silenceConversation),
    addFollowUp: write(store.addFollowUp),
    counts: store.counts.bind(store),
    addUsage: write(store.addUsage),
    readUsage: store.readUsage.bind(store),
    addSpending: write(store.addSpending),
    readSpending: read(store.readSpending),
    readDeadTurns: read(store.readDeadTurns),
    openPush: read(store.openPush),
    startPushCall: store.startPushCall.bind(store),
    endPushCall: write(store.endPushCall),
    settlePushCall: read(store.settlePushCall),
    unsettledPushCalls: store.unsettledPushCalls.bind(store),
    readNote: read(store.readNote),
    readNotes: read(store.readNotes),
    writeNote: write(store.writeNote),
    // A payment is approved within seconds or not at all.
    openPayment: store.openPayment.bind(store),
    readPayment: read(store.readPayment),
    decidePayment: store.decidePayment.bind(store),
    settlePayment: write(store.settlePayment),
    paymentTold: write(store.paymentTold),
    untoldPayments: read(store.untoldPayments),
    saveUnder14: write(store.saveUnder14),
    savePersonalField: read(store.savePersonalField),
    readPersonalData: read(store.readPersonalData),
    purgePersonalFields: store.purgePersonalFields.bind(store),
    eraseConversation: read(store.eraseConversation),
    saveSummary: store.saveSummary.bind(store),
    close: store.close.bind(store),
  };
}
