
-- What the Prisma schema cannot say: the text in "status" is one of the values of "CompanyStatus".
ALTER TABLE "companies" ADD CONSTRAINT "companies_status_check" CHECK ("status" = ANY (enum_range(NULL::"CompanyStatus")::text[]));
