\set id random(0, :ids - 1)
\set sku random(0, :skus - 1)
-- One statement, one transaction, right in every case: an id that is there already inserts nothing and therefore deducts
-- nothing; a sold-out SKU violates the table's CHECK (available >= 0), an error that takes the order's row back too.
-- The stock's row is locked last and so for the shortest time. Tried and slower on the hot SKU: WHERE available >= 1 with
-- FOR UPDATE before the insert (0.8 of it), UPDATE … NOT EXISTS (order) and then the insert (0.85), and a PL/pgSQL function
-- (1.05 of it there, 0.8 on many SKUs).
WITH placed AS (
  INSERT INTO orders (id, sku, quantity) VALUES (:id, :sku, 1) ON CONFLICT (id) DO NOTHING
  RETURNING sku, quantity
)
UPDATE stock SET available = available - placed.quantity FROM placed WHERE stock.sku = placed.sku;
