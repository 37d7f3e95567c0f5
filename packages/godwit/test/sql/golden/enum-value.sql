ALTER TYPE mood ADD VALUE 'happy';
UPDATE person SET mood = 'happy' WHERE id = 1;
ALTER TYPE mood ADD VALUE 'glad';
