-- A new sale: `:skus` SKUs with `:stock` pieces each, and no orders.
DROP TABLE IF EXISTS orders, stock;
-- Half of each page stays free, so that an update finds room beside the row and touches no index (heap-only tuples,
-- https://www.postgresql.org/docs/15/storage-hot.html).
CREATE TABLE stock (
  sku integer PRIMARY KEY, available bigint NOT NULL CHECK (available >= 0), version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE TABLE orders (id bigint PRIMARY KEY, sku integer NOT NULL, quantity integer NOT NULL);
INSERT INTO stock SELECT number, :stock FROM generate_series(0, :skus - 1) AS number;
VACUUM ANALYZE stock, orders;
CHECKPOINT;
