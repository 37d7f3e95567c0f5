COPY public.users (id, name) FROM stdin;
1	Ann; \.
2	\\.
\.x
3	\N
\.

SELECT 1;
COPY (SELECT a FROM stdin) TO stdout;
copy t from stdin with (format csv); -- the data
"a
;",é😀
\.
COPY "from" FROM STDIN;
\.
COPY t FROM PROGRAM 'echo';
COPY t FROM '/tmp/stdin';
