import Tallystick

/// Several observers as one, told in order.
public struct ObserverGroup: LogObserver {
  private let observers: [any LogObserver]

  /// Told in this order.
  public init(_ observers: any LogObserver...) { self.observers = observers }

  public func frameCommitted(_ frame: CommittedFrame) { for observer in observers { observer.frameCommitted(frame) } }
  public func commandsAnswered(_ counts: AnswerCounts) {
    for observer in observers { observer.commandsAnswered(counts) }
  }
  public func commandsWaited(_ delay: Duration) { for observer in observers { observer.commandsWaited(delay) } }
  public func snapshotMade(_ snapshot: MadeSnapshot) { for observer in observers { observer.snapshotMade(snapshot) } }
  public func indexMerged(_ merge: MadeMerge) { for observer in observers { observer.indexMerged(merge) } }
  public func warned(_ message: String) { for observer in observers { observer.warned(message) } }
  public func failed(_ failure: LogFailure) { for observer in observers { observer.failed(failure) } }
}
