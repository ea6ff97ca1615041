\set id random(0, :ids - 1)
\set sku random(0, :skus - 1)
-- As many shops do it: read, then write only if nobody wrote meanwhile. A try that loses would be made again; it counts
-- as a try here, and the orders table says how many won.
SELECT version FROM stock WHERE sku = :sku \gset
WITH taken AS (
  UPDATE stock SET available = available - 1, version = version + 1
  WHERE sku = :sku AND version = :version AND available >= 1 AND NOT EXISTS (SELECT FROM orders WHERE id = :id)
  RETURNING sku
)
INSERT INTO orders (id, sku, quantity) SELECT :id, sku, 1 FROM taken;
