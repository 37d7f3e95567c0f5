\restrict abc
\set ON_ERROR_STOP on
SELECT 1;
\connect other
SELECT 2 \gset
;
\unrestrict abc
