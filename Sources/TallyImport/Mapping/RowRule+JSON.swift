import TallyText
import Tallystick

extension ImportMapping.RowRule {
  /// `"documents"`: kinds by the number's prefix.
  static func kinds(_ value: JSONValue) throws(ImportError) -> [ImportMapping.RowRule] {
    guard case .array(let elements) = value, !elements.isEmpty else {
      throw .mapping("\"documents\" must be a list of at least one object")
    }
    var kinds = [ImportMapping.RowRule]()
    for element in elements {
      var fields = try MappingFields(element, of: "\"documents\"")
      kinds.append(
        ImportMapping.RowRule(
          prefix: try fields.string("prefix") ?? "", positive: try fields.choice("positive") ?? .refuse,
          negative: try fields.choice("negative") ?? .refuse))
      try fields.end()
    }
    return kinds
  }

  /// `"rows"`: what a row means from its columns.
  static func rules(_ value: JSONValue, _ columns: ImportMapping.Columns) throws(ImportError)
    -> [ImportMapping.RowRule]
  {
    guard case .array(let elements) = value, !elements.isEmpty else {
      throw .mapping("\"rows\" must be a list of at least one object")
    }
    var rules = [ImportMapping.RowRule]()
    for element in elements { rules.append(try rule(element, columns)) }
    return rules
  }

  private static func rule(_ value: JSONValue, _ columns: ImportMapping.Columns) throws(ImportError)
    -> ImportMapping.RowRule
  {
    var fields = try MappingFields(value, of: "\"rows\"")
    var rule = ImportMapping.RowRule(prefix: try fields.string("prefix") ?? "")
    if let when = try fields.take("when") {
      var members = try MappingFields(when, of: "\"when\"")
      for member in members.rest() {
        let values = try MappingFields.oneOrMore(member.value, "\"\(member.name)\"").map { Name($0) }
        rule.conditions.append(.init(ImportMapping.Column([member.name]), values))
      }
    }
    rule.document = try fields.column("document")
    rule.location = try fields.column("location")
    let then = try fields.string("then")
    let positive: ImportMapping.Action? = try fields.choice("positive")
    let negative: ImportMapping.Action? = try fields.choice("negative")
    try fields.end()
    switch (then, positive, negative) {
    case (let then?, nil, nil): try rule.set(then)
    case (nil, _, _) where positive != nil || negative != nil:
      rule.positive = positive ?? .refuse
      rule.negative = negative ?? .refuse
    case (nil, _, _): throw .mapping("\"rows\" has a rule without \"then\", or \"positive\" and \"negative\"")
    default: throw .mapping("\"rows\" has a rule with \"then\" and \"positive\" or \"negative\"; it can be only one")
    }
    if [rule.positive, rule.negative].contains(.transfer) && (columns.from == nil || columns.to == nil) {
      throw .mapping("\"transfer\" needs the columns \"from\" and \"to\"; halves are \"transfer-out\", \"transfer-in\"")
    }
    return rule
  }

  /// One word for both signs, where only one of them, or each of them, can be meant.
  private mutating func set(_ then: String) throws(ImportError) {
    if then == "adjust" {
      (positive, negative) = (.found, .writeOff)
      return
    }
    guard let action = ImportMapping.Action(rawValue: then) else {
      let all = (["adjust"] + ImportMapping.Action.allCases.map(\.rawValue)).map { "\"\($0)\"" }
      throw .mapping("\"then\" is \"\(then)\"; it may be \(all.joined(separator: ", "))")
    }
    positive = action
    switch action {
    // Nobody can mean that less than nothing leaves, is lost or is called off.
    case .writeOff, .transferOut, .cancel, .skip, .refuse: negative = action
    case .order, .sale, .hold, .transfer, .returned, .receive, .found, .count, .transferIn: negative = .refuse
    }
  }
}
