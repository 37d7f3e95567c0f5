-- Gives the numbers back to who has none since.
UPDATE "users" AS "u"
SET "phoneNumber" = "r"."phoneNumber"
FROM "archive"."released_phone_numbers" AS "r"
WHERE "r"."userId" = "u"."id" AND "u"."phoneNumber" IS NULL;

DROP TABLE "archive"."released_phone_numbers";
DROP SCHEMA "archive";
