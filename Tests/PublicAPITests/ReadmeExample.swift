// The README's library example, compiled as printed; `ReadmeTests` compares the two texts.
// readme-example-begin
import Tallystick

func sellTea(at path: String) async throws -> StockReport {
  try TallyLog.create(path)
  let log = try TallyLog(path)
  defer { log.close() }

  _ = log.append(Command(.receive([Line(sku: "tea", 100)], reference: "PO-7")))

  // Many tasks share syncs; each answer comes when it is durable.
  let order = Command(.reserve(id: "order-1", [Line(sku: "tea", 2)], customer: "c-9", timeToLive: 3_600_000))
  switch await log.submit(order) {
  case .accepted(let answer): print("held by event \(answer.sequence)")
  case .repeated(let answer): print("held before, by event \(answer.sequence)")
  case .rejected(let rejection): print("refused: \(rejection.reason.rawValue)")
  case .invalid(let why): print(why)
  case .busy(let busy): print("nothing was done; again in \(busy.queueDelay)")
  case .failed(let failure): print("\(failure); \(failure.advice)")
  }
  _ = await log.submit(Command(.commit(id: "order-1")))
  return try LogReader(path).stock()
}
// readme-example-end
