-- Phone numbers are about to be unique: whoever had one first keeps it. What the others had is kept, so that they can be asked.
-- In a schema of its own, which Prisma does not look at; IF NOT EXISTS, because `prisma migrate reset` leaves it where it is.
CREATE SCHEMA IF NOT EXISTS "archive";

CREATE TABLE IF NOT EXISTS "archive"."released_phone_numbers" (
    "userId" UUID NOT NULL PRIMARY KEY,
    "phoneNumber" VARCHAR(20) NOT NULL
);

INSERT INTO "archive"."released_phone_numbers" ("userId", "phoneNumber")
SELECT "id", "phoneNumber"
FROM (
    SELECT "id", "phoneNumber", row_number() OVER (PARTITION BY "phoneNumber" ORDER BY "createdAt", "id") AS "place"
    FROM "users"
    WHERE "phoneNumber" IS NOT NULL
) AS "numbered"
WHERE "place" > 1
ON CONFLICT DO NOTHING;

UPDATE "users" AS "u"
SET "phoneNumber" = NULL
FROM "archive"."released_phone_numbers" AS "r"
WHERE "r"."userId" = "u"."id" AND "r"."phoneNumber" = "u"."phoneNumber";
