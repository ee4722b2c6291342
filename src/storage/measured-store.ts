import type { Metrics } from '../platform/metrics.ts';
import type { Store } from './store.ts';

/** The same store, with every call timed. `close` is not a call that anybody waits for in a request. */
export function measureStore(store: Store, metrics: Pick<Metrics, 'storeCalled'>): Store {
  function timed<Args extends unknown[], Result>(
    operation: string,
    call: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return async (...args) => {
      const startedAt = performance.now();
      try {
        const result = await call(...args);
        metrics.storeCalled(operation, 'ok', performance.now() - startedAt);
        return result;
      } catch (thrown) {
        metrics.storeCalled(operation, 'failed', performance.now() - startedAt);
        throw thrown;
      }
    };
  }
  return {
    acceptTurn: timed('acceptTurn', store.acceptTurn.bind(store)),
    readMemory: timed('readMemory', store.readMemory.bind(store)),
    readTurn: timed('readTurn', store.readTurn.bind(store)),
    readTurns: timed('readTurns', store.readTurns.bind(store)),
    readDeliveries: timed('readDeliveries', store.readDeliveries.bind(store)),
    moveTurn: timed('moveTurn', store.moveTurn.bind(store)),
    answerTurn: timed('answerTurn', store.answerTurn.bind(store)),
    addDelivery: timed('addDelivery', store.addDelivery.bind(store)),
    recordAcknowledgement: timed('recordAcknowledgement', store.recordAcknowledgement.bind(store)),
    moveDelivery: timed('moveDelivery', store.moveDelivery.bind(store)),
    recordEcho: timed('recordEcho', store.recordEcho.bind(store)),
    resetConversation: timed('resetConversation', store.resetConversation.bind(store)),
    claimGreeting: timed('claimGreeting', store.claimGreeting.bind(store)),
    takeOver: timed('takeOver', store.takeOver.bind(store)),
    purgeBefore: timed('purgeBefore', store.purgeBefore.bind(store)),
    expireHeldBefore: timed('expireHeldBefore', store.expireHeldBefore.bind(store)),
    saveThread: timed('saveThread', store.saveThread.bind(store)),
    removeThread: timed('removeThread', store.removeThread.bind(store)),
    readThread: timed('readThread', store.readThread.bind(store)),
    readThreads: timed('readThreads', store.readThreads.bind(store)),
    takeThreads: timed('takeThreads', store.takeThreads.bind(store)),
    ownTurns: timed('ownTurns', store.ownTurns.bind(store)),
    silenceConversation: timed('silenceConversation', store.silenceConversation.bind(store)),
    addFollowUp: timed('addFollowUp', store.addFollowUp.bind(store)),
    counts: timed('counts', store.counts.bind(store)),
    addUsage: timed('addUsage', store.addUsage.bind(store)),
    readUsage: timed('readUsage', store.readUsage.bind(store)),
    addSpending: timed('addSpending', store.addSpending.bind(store)),
    readSpending: timed('readSpending', store.readSpending.bind(store)),
    readDeadTurns: timed('readDeadTurns', store.readDeadTurns.bind(store)),
    openPush: timed('openPush', store.openPush.bind(store)),
    startPushCall: timed('startPushCall', store.startPushCall.bind(store)),
    endPushCall: timed('endPushCall', store.endPushCall.bind(store)),
    settlePushCall: timed('settlePushCall', store.settlePushCall.bind(store)),
    unsettledPushCalls: timed('unsettledPushCalls', store.unsettledPushCalls.bind(store)),
    readNote: timed('readNote', store.readNote.bind(store)),
    readNotes: timed('readNotes', store.readNotes.bind(store)),
    writeNote: timed('writeNote', store.writeNote.bind(store)),
    openPayment: timed('openPayment', store.openPayment.bind(store)),
    readPayment: timed('readPayment', store.readPayment.bind(store)),
    decidePayment: timed('decidePayment', store.decidePayment.bind(store)),
    settlePayment: timed('settlePayment', store.settlePayment.bind(store)),
    paymentTold: timed('paymentTold', store.paymentTold.bind(store)),
    untoldPayments: timed('untoldPayments', store.untoldPayments.bind(store)),
    saveUnder14: timed('saveUnder14', store.saveUnder14.bind(store)),
    savePersonalField: timed('savePersonalField', store.savePersonalField.bind(store)),
    readPersonalData: timed('readPersonalData', store.readPersonalData.bind(store)),
    purgePersonalFields: timed('purgePersonalFields', store.purgePersonalFields.bind(store)),
    eraseConversation: timed('eraseConversation', store.eraseConversation.bind(store)),
    saveSummary: timed('saveSummary', store.saveSummary.bind(store)),
    close: store.close.bind(store),
  };
}
