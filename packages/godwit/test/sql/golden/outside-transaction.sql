ALTER TABLE users ADD COLUMN email text;
CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (lower(email));
VACUUM (ANALYZE) users;
