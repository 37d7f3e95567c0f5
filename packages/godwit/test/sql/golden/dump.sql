--
-- PostgreSQL database dump
--

\restrict 3nKq

-- Dumped from database version 18.0

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
SET row_security = off;

CREATE TYPE public.mood AS ENUM (
    'sad',
    'ok'
);

ALTER TYPE public.mood OWNER TO postgres;

CREATE TABLE public.person (
    id integer NOT NULL,
    mood public.mood DEFAULT 'ok'::public.mood
);

CREATE SEQUENCE public.person_id_seq AS integer START WITH 1;
ALTER TABLE ONLY public.person ALTER COLUMN id SET DEFAULT nextval('public.person_id_seq'::regclass);

COPY public.person (id, mood) FROM stdin;
1	ok
2	\N
\.

SELECT pg_catalog.setval('public.person_id_seq', 2, true);
ALTER TABLE ONLY public.person ADD CONSTRAINT person_pkey PRIMARY KEY (id);
CREATE INDEX person_mood ON public.person USING btree (mood);

\unrestrict 3nKq
