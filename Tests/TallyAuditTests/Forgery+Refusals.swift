import TallyFormat

extension Forgery {
  /// Refusals of nothing, or of what there is not, or within a command's step.
  static let refusals: [Forgery] = [
    Forgery(.unknownItem, at: 5) {
      $0.refuse(nil)
      $0.refuse(9)
    },
    Forgery(.refusalForm, at: 4) { $0.refuse(0, asks: 0, units: 0) },
    Forgery(.refusalForm, at: 5) {
      $0.refuse(0, .limit, asks: 2, units: 2)
      $0.refuse(0, .limit, asks: 3, units: 2)
    },
    Forgery(.stepForm, at: 4) {
      $0.refuse(0)
      $0.goesOn()
      $0.receive([(0, 1)])
    },
    Forgery(.stepForm, at: 5) {
      $0.receive([(0, 1)])
      $0.goesOn()
      $0.refuse(0)
    },
    Forgery(.stepForm, at: 5) {
      $0.item("pot")
      $0.refuse(0)
    },
  ]
}
