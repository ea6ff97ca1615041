extension Name {
  /// The location of a reservation's line that may be taken from any location: `*`.
  ///
  /// When the reservation is judged, the line becomes lines of the SKU's items, in the order that ``Operation/prefer(_:_:)``
  /// states and then in that of their registration, of each as many as are available. Nothing can be put at this location.
  public static let anyLocation: Name = "*"
}

extension ItemName {
  /// A SKU wherever it is: for lines of a reservation.
  public var isAnywhere: Bool { location == .anyLocation }
}
