import TallyFormat

extension Forgery {
  /// Consumers that go back, run ahead, were never there or are too many.
  static let consumers: [Forgery] = [
    Forgery(.acknowledgedBackwards, at: 6) {
      $0.acknowledge("orders", 3)
      $0.acknowledge("search", 1)
      $0.acknowledge("orders", 2)
    },
    Forgery(.acknowledgedBackwards, at: 5) {
      $0.acknowledge("orders", 3)
      $0.acknowledge("orders", 3)
    },
    Forgery(.acknowledgedAhead, at: 4) { $0.acknowledge("orders", 4) },
    Forgery(.acknowledgedAhead, at: 4) { $0.acknowledge("orders", UInt64(Limits.maxQuantity)) },
    Forgery(.unknownConsumer, at: 4) { $0.forget("orders") },
    Forgery(.unknownConsumer, at: 6) {
      $0.acknowledge("orders", 3)
      $0.forget("orders")
      $0.forget("orders")
    },
    Forgery(.consumerLimit, at: 1_028) { log in
      for number in 0...Limits.maxConsumers { log.acknowledge(Name("consumer-\(number)"), 1) }
    },
    Forgery(.nameForm, at: 4) { $0.acknowledge("", 1) },
    Forgery(.nameForm, at: 4) { $0.acknowledge("or\u{1}ders", 1) },
    // In one step with something else.
    Forgery(.stepForm, at: 4) {
      $0.acknowledge("orders", 1)
      $0.goesOn()
      $0.receive([(0, 1)])
    },
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.acknowledge("orders", 1)
    },
    Forgery(.stepForm, at: 5) {
      $0.acknowledge("orders", 1)
      $0.forget("orders")
      $0.goesOn()
      $0.receive([(0, 1)])
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.acknowledge("orders", 1)
    },
  ]
}
