import TallyAudit

/// Stock over time, and the moments at which it was tight.
extension AuditPage {
  var stock: String {
    guard let history = findings.history else { return "" }
    let chosen =
      history.isOfNamedItems
      ? "The items that were asked for."
      : "The items of which least was left, and those of which most was asked for, in turn; others with --item."
    let unknown = history.unknownItems.prefix(20).map { $0.location.isEmpty ? $0.sku : $0.name }
    let missing = unknown.isEmpty ? "" : "No such item in the log: \(unknown.joined(separator: ", "))."
    let left = history.itemsLeftOut > 0 ? "And \(grouped(history.itemsLeftOut)) more that are not drawn." : ""
    guard !history.stock.isEmpty else {
      return section("stock", "Stock over time", paragraph(missing.isEmpty ? "Nothing was ever asked for." : missing))
    }
    return section(
      "stock", "Stock over time", paragraph(chosen, style: "note"), history.stock.map(charts).joined(),
      paragraph([missing, left].filter { !$0.isEmpty }.joined(separator: " "), style: "note"))
  }

  private func charts(_ stock: StockHistory) -> String {
    guard stock.available.count > 0 else {
      return "<h3>\(escaped(stock.item.name))</h3>\n" + paragraph("Nothing happened to it in what is told of.")
    }
    func line(_ name: String, _ style: String, _ line: ThinnedLine, isFilled: Bool = false) -> StepChart.Line {
      .init(name: name, style: style, points: line.points.map { ($0.time, $0.value) }, isFilled: isFilled)
    }
    let lines = [("available", stock.available), ("on hand", stock.onHand), ("held", stock.held)]
    let chart = StepChart(
      span: stock.available.span,
      lines: [
        line("on hand", "on-hand", stock.onHand), line("held", "held", stock.held),
        line("available", "available", stock.available, isFilled: true),
      ], spots: Spots.of(lines), description: "Stock of \(stock.item.name) over time. \(summary(stock))")
    let thinned =
      stock.available.isThinned
      ? " Thinned out: of each \(grouped(ThinnedLine.mostPlaces))th of the time the first figure, the lowest, the highest and "
        + "the last are drawn, so that no dip is lost." : ""
    return figure(
      chart.svg, legend: chart.legend, title: stock.item.name, caption: summary(stock) + thinned) + closeUp(stock)
  }

  private func summary(_ stock: StockHistory) -> String {
    let points = stock.available.points
    let (onHand, held) = (stock.onHand.points, stock.held.points)
    let span = stock.available.span
    var text = "\(counted(stock.available.count, "change")) from \(Moments.range(span.first, span.last)): "
    text += "on hand from \(grouped(onHand.first?.value ?? 0)) to \(grouped(onHand.last?.value ?? 0)), at most "
    text +=
      "\(grouped(onHand.map(\.value).max() ?? 0)); at most \(grouped(held.map(\.value).max() ?? 0)) held at once; "
    text += "\(grouped(points.last?.value ?? 0)) available in the end. "
    text += "\(grouped(stock.asked)) asked for in all."
    if let tightest = stock.tightest {
      text += " Least was available after event \(grouped(tightest.sequence)): \(grouped(tightest.available))."
    }
    return text
  }

  /// The events around the one that left least, where the whole chart cannot show them one by one.
  private func closeUp(_ stock: StockHistory) -> String {
    let moments = around(stock)
    let whole = stock.available.span
    guard let first = moments.first, let last = moments.last, moments.count > 2, isTight(stock), last.time > first.time,
      (last.time - first.time) < (whole.last - whole.first) / 3
    else { return "" }
    let span = TimeSpan(first.time, last.time)
    let spots = moments.indices.map { index in
      let (moment, next) = (moments[index], index + 1 < moments.count ? moments[index + 1].time : span.last)
      return ChartFrame.Spot(
        left: span.share(of: moment.time), right: span.share(of: next),
        text:
          "\(Moments.text(moment.time)), event \(grouped(moment.sequence)): available \(grouped(moment.available)), "
          + "on hand \(grouped(moment.onHand)), held \(grouped(moment.held))")
    }
    let words =
      "Units available after the \(counted(moments.count, "event")) around the one that left least available, from event "
      + "\(grouped(first.sequence)) to event \(grouped(last.sequence)), from \(Moments.range(span.first, span.last))."
    let chart = StepChart(
      span: span,
      lines: [
        .init(
          name: "available", style: "available", points: moments.map { ($0.time, $0.available) }, isFilled: true)
      ], spots: spots, description: "Available of \(stock.item.name), close up. \(words)")
    return figure(
      chart.svg, title: "\(stock.item.name), close up where it was tightest", caption: words)
  }

  /// What happened around the tightest moment, without what is further away than all the rest together.
  private func around(_ stock: StockHistory) -> [StockHistory.Moment] {
    var moments = (stock.closeUp ?? [])[...]
    func isFar(_ gap: Int64, from rest: Int64) -> Bool { moments.count > 3 && gap > rest }
    while let first = moments.first, let last = moments.last, first.sequence != stock.tightest?.sequence,
      let next = moments.dropFirst().first, isFar(next.time - first.time, from: last.time - next.time)
    {
      moments.removeFirst()
    }
    while let first = moments.first, let last = moments.last, last.sequence != stock.tightest?.sequence,
      let next = moments.dropLast().last, isFar(last.time - next.time, from: next.time - first.time)
    {
      moments.removeLast()
    }
    return Array(moments)
  }

  /// Little was left beside what there was.
  private func isTight(_ stock: StockHistory) -> Bool {
    guard let tightest = stock.tightest else { return false }
    return tightest.available <= (stock.onHand.points.map(\.value).max() ?? 0) / 20
  }

  var moments: String {
    guard let history = findings.history else { return "" }
    guard !history.moments.isEmpty else {
      return section("moments", "The tightest moments", paragraph("No event took any stock."))
    }
    let table = Table(
      caption: "The items that ran lowest, and when",
      heads: ["Item", "Left available", "Event", "When (UTC)", "What", "Reservation"],
      rows: history.moments.map { moment in
        [
          .text(moment.item.name), .number(grouped(moment.available)), .number(grouped(moment.sequence)),
          .word(moment.time.map(Moments.clock) ?? "before"), .word(moment.kind), .code(moment.id),
        ]
      })
    return section("moments", "The tightest moments", table.html)
  }
}
