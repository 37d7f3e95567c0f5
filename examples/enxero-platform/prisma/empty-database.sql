-- Takes everything out of the database, as a restore needs it: the application's tables, the numbers that the data fix kept, and
-- what Godwit remembers of its runs, which a backup holds as well.
DROP SCHEMA IF EXISTS "public", "archive", "godwit" CASCADE;
CREATE SCHEMA "public" AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA "public" TO PUBLIC;
COMMENT ON SCHEMA "public" IS 'standard public schema';
