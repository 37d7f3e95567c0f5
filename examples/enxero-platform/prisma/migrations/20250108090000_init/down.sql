-- Prisma has no way back and ignores this file; Godwit runs it for `godwit down`.
DROP TABLE "refresh_tokens";
DROP TABLE "users";
DROP TABLE "companies";
