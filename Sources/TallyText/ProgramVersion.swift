/// The version of these programs, as they tell it.
package enum ProgramVersion {
  package static let current = "0.1.0"
}
