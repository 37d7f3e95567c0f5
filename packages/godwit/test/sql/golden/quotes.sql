-- a semicolon; in a comment
INSERT INTO t VALUES ('it''s; fine', E'a\';b', E'c\\', 'C:\');
select E'one'
  -- between the parts
  'two\'; still';
SELECT U&'\0441;', U&"\0441;", N'x;', B'01', X'1F', "a;""b";
SELECT 'a' 'b', e'x'/* ; */ || 'y\';
SELECT $$ ; ' " $$, $fn$ $$ ; $$ $f $fn$, $1, a$b$c, $été$ ; $été$;
SELECT 1 -1 --1;
  / 2 */* ; /* ; */ ; */ 3;
SELECT '\' ; SELECT 2 ;; ; -- nothing behind this
/* tail; */
