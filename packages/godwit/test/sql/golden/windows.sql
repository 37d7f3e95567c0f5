-- head
CREATE TABLE a (
  id int -- one
);

  INSERT INTO a VALUES (1);
COPY a FROM stdin;
2
\.
SELECT '😀'; SELECT 2