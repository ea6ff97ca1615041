import Tallystick

/// Bulk reservations through rows.
struct BulkAppend {
  let ids: OrderIDs
  var skus = 100_000

  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 4_000_000)
    let reference = MemoryReference(ids: ids, skus: skus).seconds(count)
    let shop = try Shop(run.workspace.fresh("bulk-\(ids)-\(skus)"), skus: skus)
    let elapsed = try shop.sell(count, ids: ids, batch: 8192)
    shop.log.close()
    let bare = try bareSync(in: run.workspace)
    let each = elapsed / Double(count)
    return Figure(
      value: 1 / each, unit: "reservations/s", reference: "ids in a table in memory, nothing else",
      ratio: reference / each,
      detail: [
        ("reservations", "\(count)"), ("seconds", number(elapsed)), ("ns each", number(each * 1e9)),
        ("reference ns each", number(reference * 1e9)), ("batches in flight", "\(Shop.inFlight)"),
        ("bare write + fdatasync µs", number(bare * 1e6)), ("snapshots", "every 1,000,000"), ("durable", "yes"),
      ])
  }
}

/// Bulk reservations as `Command`s whose ids are made from `String`s while the clock runs.
struct CommandAppend {
  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 1_000_000)
    let reference = MemoryReference(ids: .sequential, skus: 100_000).seconds(count)
    let shop = try Shop(run.workspace.fresh("bulk-commands"), skus: 100_000)
    let skus = (0..<100_000).map { "sku-\($0)" }
    var numbers = Numbers(seed: 42)
    var elapsed = 0.0
    var pending = [PendingOutcomes]()
    func check(_ outcomes: [Outcome]) throws {
      for outcome in outcomes {
        guard case .accepted = outcome else { throw BenchmarkError("a reservation was refused") }
      }
    }
    // Rounds, so that memory stays bounded while the making of strings is not measured.
    for round in stride(from: 0, to: count, by: 1 << 18) {
      let batches = stride(from: round, to: min(round + 1 << 18, count), by: 8192).map { start in
        (start..<min(start + 8192, count)).map {
          (id: "order-\(1_000_000_000 + $0)", sku: skus[Int(numbers.next() % 100_000)])
        }
      }
      let begin = seconds()
      for orders in batches {
        let commands = orders.map { Command(.reserve(id: Name($0.id), [Line(sku: Name($0.sku), 1)])) }
        pending.append(shop.log.enqueue(commands))
        if pending.count > Shop.inFlight { try check(pending.removeFirst().wait()) }
      }
      for outcomes in pending { try check(outcomes.wait()) }
      pending.removeAll()
      elapsed += seconds() - begin
    }
    shop.log.close()
    let each = elapsed / Double(count)
    return Figure(
      value: 1 / each, unit: "reservations/s", reference: "ids in a table in memory, nothing else",
      ratio: reference / each,
      detail: [
        ("reservations", "\(count)"), ("seconds", number(elapsed)), ("ns each", number(each * 1e9)),
        ("batches in flight", "\(Shop.inFlight)"), ("snapshots", "every 1,000,000"), ("durable", "yes"),
      ])
  }
}

/// 60 % reserve, 30 % commit, 8 % release, 2 % receive; one cart in five has three lines.
struct BulkMix {
  func measure(_ run: Run) throws -> Figure {
    let count = run.events(default: 2_000_000)
    let reference = MemoryReference(ids: .sequential, skus: 100_000).seconds(count)
    let shop = try Shop(run.workspace.fresh("bulk-mix"), skus: 100_000)
    var numbers = Numbers(seed: 7)
    var bytes = [UInt8]()
    var elapsed = 0.0
    var made = 0
    var settled = 0
    var events = 0
    func check(_ rows: PendingRows) throws {
      guard rows.wait().acceptedCount == 8192 else { throw BenchmarkError("a command of the mix was not accepted") }
    }
    // Rounds, so that memory stays bounded while the making of rows is not measured.
    while events < count {
      var batches = [CommandRows]()
      for _ in 0..<min(64, (count - events + 8191) / 8192) {
        var rows = CommandRows()
        for _ in 0..<8192 {
          let die = numbers.next() % 100
          if die < 60 || (die < 98 && settled >= made - 20_000) {
            OrderIDs.sequential.write(made + 1, &numbers, into: &bytes)
            made += 1
            let isCart = numbers.next() % 5 == 0
            var chosen = (0..<(isCart ? 3 : 1)).map { _ in Int(numbers.next() % 99_990) }
            for index in chosen.indices.dropFirst() where chosen[..<index].contains(chosen[index]) {
              chosen[index] = 99_990 + index
            }
            let lines = chosen.sorted().map { LineEntry(item: shop.items[$0], quantity: 1) }
            bytes.withUnsafeBufferPointer { id in lines.withUnsafeBufferPointer { rows.reserve(id: id, lines: $0) } }
          } else if die < 98 {
            settled += 1
            OrderIDs.sequential.write(settled, &numbers, into: &bytes)
            bytes.withUnsafeBufferPointer { id in if die < 90 { rows.commit(id: id) } else { rows.release(id: id) } }
          } else {
            rows.receive(item: shop.items[Int(numbers.next() % 100_000)], quantity: 10)
          }
        }
        batches.append(rows)
      }
      events += batches.count * 8192
      let start = seconds()
      var pending = [PendingRows]()
      for rows in batches {
        pending.append(shop.log.enqueue(rows))
        if pending.count > Shop.inFlight { try check(pending.removeFirst()) }
      }
      for rows in pending { try check(rows) }
      elapsed += seconds() - start
    }
    shop.log.close()
    return Figure(
      value: Double(events) / elapsed, unit: "events/s", reference: "ids in a table in memory, nothing else",
      ratio: reference * Double(events) / elapsed,
      detail: [("events", "\(events)"), ("seconds", number(elapsed)), ("durable", "yes")])
  }
}

/// One caller at a time.
struct SingleAppend {
  func measure(_ run: Run) throws -> Figure {
    let count = min(run.events(default: 3_000), 20_000)
    let shop = try Shop(run.workspace.fresh("single"), skus: 1_000)
    let reservations = (0..<count).map {
      Command(.reserve(id: Name("order-\($0)"), [Line(sku: Name("sku-\($0 % 1000)"), 1)]))
    }
    let before = try bareSync(in: run.workspace, count: count)
    var times = [Double]()
    for command in reservations {
      let start = seconds()
      guard case .accepted = shop.log.append(command) else { throw BenchmarkError("a reservation was refused") }
      times.append(seconds() - start)
    }
    let bare = (before + (try bareSync(in: run.workspace, count: count))) / 2
    shop.log.close()
    let middle = median(times)
    return Figure(
      value: middle * 1e6, unit: "µs", reference: "bare 4 KiB overwrite + fdatasync, preallocated, same run",
      ratio: middle / bare,
      detail: [
        ("bare µs", number(bare * 1e6)), ("p99 µs", number(times.sorted()[count * 99 / 100] * 1e6)),
        ("reservations", "\(count)"),
      ])
  }
}

/// Many tasks with one reservation each at a time.
struct AsyncAppend {
  let callers: Int

  func measure(_ run: Run) throws -> Figure {
    let each = max(4, min(run.events(default: callers * 200) / callers, 2_000))
    let shop = try Shop(run.workspace.fresh("async-\(callers)"), skus: 1_000)
    let bare = try bareSync(in: run.workspace)
    let log = shop.log
    let callers = callers
    let done = Gate()
    let start = seconds()
    Task {
      await withTaskGroup(of: Void.self) { group in
        for caller in 0..<callers {
          group.addTask {
            for index in 0..<each {
              let command = Command(
                .reserve(id: Name("c\(caller)-\(index)"), [Line(sku: Name("sku-\(caller % 1000)"), 1)]))
              guard case .accepted = await log.submit(command) else { return done.fail() }
            }
          }
        }
      }
      done.open()
    }
    guard done.wait() else { throw BenchmarkError("a reservation was refused") }
    let elapsed = seconds() - start
    shop.log.close()
    let rate = Double(callers * each) / elapsed
    return Figure(
      value: rate, unit: "reservations/s", reference: "callers ÷ (bare 4 KiB write + fdatasync), same run",
      ratio: rate / (Double(callers) / bare),
      detail: [("bare µs", number(bare * 1e6)), ("reservations", "\(callers * each)"), ("durable", "yes")])
  }
}
