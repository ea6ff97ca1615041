/// The tables of an exported database.
enum SQLiteSchema {
  /// `event_lines` is what everything else folds from: its sums by item are `stock`, which an export checks.
  static let tables = """
    CREATE TABLE log (id TEXT NOT NULL, last_seq INTEGER NOT NULL, last_time_ms INTEGER NOT NULL);
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, type TEXT NOT NULL, id TEXT, reservation_seq INTEGER,
      customer TEXT, expires_ms INTEGER, key TEXT, ref TEXT, reason TEXT, sku TEXT, location TEXT, "limit" INTEGER,
      adjusted_to INTEGER, adjusted_by INTEGER, release TEXT, by_adjust INTEGER NOT NULL, more INTEGER NOT NULL,
      floor INTEGER, effective_ms INTEGER, waits_until_ms INTEGER, consumer TEXT, consumed_seq INTEGER
    );
    CREATE TABLE event_lines (
      seq INTEGER NOT NULL REFERENCES events (seq), line INTEGER NOT NULL, sku TEXT NOT NULL, location TEXT NOT NULL,
      qty INTEGER NOT NULL, on_hand INTEGER NOT NULL, held INTEGER NOT NULL, waiting INTEGER NOT NULL,
      PRIMARY KEY (seq, line)
    ) WITHOUT ROWID;
    CREATE TABLE asked_lines (
      seq INTEGER NOT NULL REFERENCES events (seq), line INTEGER NOT NULL, sku TEXT NOT NULL, location TEXT NOT NULL,
      qty INTEGER NOT NULL, PRIMARY KEY (seq, line)
    ) WITHOUT ROWID;
    CREATE TABLE recipe_parts (
      seq INTEGER NOT NULL REFERENCES events (seq), line INTEGER NOT NULL, sku TEXT NOT NULL, location TEXT NOT NULL,
      qty INTEGER NOT NULL, PRIMARY KEY (seq, line)
    ) WITHOUT ROWID;
    CREATE TABLE preferences (
      seq INTEGER NOT NULL REFERENCES events (seq), place INTEGER NOT NULL, sku TEXT NOT NULL, location TEXT NOT NULL,
      PRIMARY KEY (seq, place)
    ) WITHOUT ROWID;
    CREATE TABLE items (
      item INTEGER PRIMARY KEY, sku TEXT NOT NULL, location TEXT NOT NULL,
      registered_seq INTEGER NOT NULL REFERENCES events (seq), UNIQUE (sku, location)
    );
    CREATE TABLE stock (
      sku TEXT NOT NULL, location TEXT NOT NULL, on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
      held INTEGER NOT NULL CHECK (held >= 0),
      available INTEGER NOT NULL CHECK (has_recipe OR available = MAX(on_hand - held - floor, 0)),
      "limit" INTEGER, seq INTEGER NOT NULL, floor INTEGER NOT NULL, has_recipe INTEGER NOT NULL,
      waiting INTEGER NOT NULL CHECK (waiting >= 0), CHECK (held <= on_hand), PRIMARY KEY (sku, location)
    ) WITHOUT ROWID;
    CREATE TABLE reservations (
      seq INTEGER PRIMARY KEY REFERENCES events (seq), id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, customer TEXT,
      time_ms INTEGER NOT NULL, expires_ms INTEGER, reserved INTEGER NOT NULL, committed INTEGER NOT NULL,
      released INTEGER NOT NULL, expired INTEGER NOT NULL, returned INTEGER NOT NULL, waiting INTEGER NOT NULL
    );
    CREATE TABLE refusals (
      seq INTEGER PRIMARY KEY REFERENCES events (seq), sku TEXT, location TEXT, reason TEXT NOT NULL,
      asks INTEGER NOT NULL, qty INTEGER NOT NULL, until_ms INTEGER NOT NULL
    );
    CREATE TABLE consumers (consumer TEXT PRIMARY KEY, consumed_seq INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
    """

  /// Made after the rows, which is faster.
  static let indexes = """
    CREATE INDEX events_by_time ON events (time_ms);
    CREATE INDEX events_by_reservation ON events (reservation_seq) WHERE reservation_seq IS NOT NULL;
    CREATE INDEX event_lines_by_item ON event_lines (sku, location, seq, on_hand, held);
    CREATE INDEX reservations_by_customer ON reservations (customer) WHERE customer IS NOT NULL;
    """

  /// What a reservation came to, from its units.
  static let states = """
    UPDATE reservations SET state = CASE
      WHEN waiting > 0 THEN 'waiting'
      WHEN committed + released + expired = 0 THEN 'open'
      WHEN committed + released + expired < reserved THEN 'partly-settled'
      WHEN committed = reserved THEN 'committed'
      WHEN released = reserved THEN 'released'
      WHEN expired = reserved THEN 'expired'
      ELSE 'mixed' END;
    """

  /// How many items' lines do not add up to their stock, and how many lines belong to no item of the stock.
  static let differences = """
    WITH sums AS (
      SELECT sku, location, SUM(on_hand) AS on_hand, SUM(held) AS held, SUM(waiting) AS waiting
      FROM event_lines GROUP BY sku, location)
    SELECT
      (SELECT COUNT(*) FROM stock LEFT JOIN sums USING (sku, location)
        WHERE stock.on_hand <> COALESCE(sums.on_hand, 0) OR stock.held <> COALESCE(sums.held, 0)
          OR stock.waiting <> COALESCE(sums.waiting, 0))
      + (SELECT COUNT(*) FROM sums LEFT JOIN stock USING (sku, location) WHERE stock.seq IS NULL);
    """
}
