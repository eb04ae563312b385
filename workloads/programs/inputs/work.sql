-- work.sql -- a transaction of 200,000 rows, with what changes, orders and groups them.
--
-- SPDX-License-Identifier: MIT
CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, weight INTEGER);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
INSERT INTO item SELECT i, printf('item %d of %s', i * 7919 % 100003, hex(i)), i * 31 % 977 FROM n;
CREATE INDEX item_weight ON item (weight, name);
UPDATE item SET name = name || ' heavy' WHERE weight > 900;
DELETE FROM item WHERE id % 11 = 0;
COMMIT;
PRAGMA integrity_check;
SELECT count(*), sum(weight), max(name), group_concat(DISTINCT weight) FROM item;
SELECT weight, count(*), min(name) FROM item GROUP BY weight ORDER BY 2 DESC, 1 LIMIT 300;
