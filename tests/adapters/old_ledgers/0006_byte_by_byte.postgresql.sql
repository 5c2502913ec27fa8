-- Tides: 456f090c-8e00-5df4-a256-be9c11c52881
-- Shore: 816ae706-aff7-5520-850b-465ea44fe22a
-- Refused: 13b7cb14-1cf7-539f-9b8e-fdf599657d79
-- data source: b0bc4464-9c37-599d-b603-ecb6a6314535
-- view.jpg: 8953fdc5-eafc-51d2-a212-fdccc634934d
CREATE TABLE public.image_asset (
    id integer NOT NULL,
    site character varying(64) NOT NULL,
    page_id character varying(36) NOT NULL,
    block_id character varying(40) NOT NULL,
    identity text NOT NULL,
    identity_hash character varying(64) NOT NULL,
    sha256 character varying(64),
    status character varying(16) NOT NULL,
    media_id character varying(32),
    media_url text,
    name text,
    mime character varying(128),
    width integer,
    height integer,
    bytes bigint,
    made_by integer,
    error text,
    updated_at double precision NOT NULL,
    described text
);
CREATE SEQUENCE public.image_asset_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.image_asset_id_seq OWNED BY public.image_asset.id;
CREATE TABLE public.inbox (
    id integer NOT NULL,
    site character varying(64) NOT NULL,
    source character varying(32) NOT NULL,
    event_id character varying(128) NOT NULL,
    page_id character varying(36),
    kind character varying(64) NOT NULL,
    body text NOT NULL,
    received_at double precision NOT NULL
);
CREATE SEQUENCE public.inbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.inbox_id_seq OWNED BY public.inbox.id;
CREATE TABLE public.lease (
    site character varying(64) NOT NULL,
    name character varying(128) NOT NULL,
    owner character varying(128) NOT NULL,
    until double precision NOT NULL
);
CREATE TABLE public.memory (
    site character varying(64) NOT NULL,
    key character varying(128) NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.page (
    site character varying(64) NOT NULL,
    page_id character varying(36) NOT NULL,
    wanted_rev integer NOT NULL,
    done_rev integer NOT NULL,
    not_before double precision NOT NULL,
    dirty_since double precision NOT NULL,
    attempts integer NOT NULL,
    lease_token integer NOT NULL,
    lease_owner character varying(128),
    lease_until double precision NOT NULL,
    phase character varying(16) NOT NULL,
    create_floor bigint,
    intent character varying(16) NOT NULL,
    next_intent character varying(16),
    job_id integer,
    snapshot text,
    last_error text,
    reread_at double precision,
    deaths integer NOT NULL
);
CREATE TABLE public.page_post_map (
    site character varying(64) NOT NULL,
    page_id character varying(36) NOT NULL,
    post_id character varying(32) NOT NULL,
    link text NOT NULL,
    title text NOT NULL,
    fingerprint character varying(64) NOT NULL,
    fields_hash text NOT NULL,
    stated text NOT NULL,
    modified double precision,
    page_edited_at double precision,
    withdrawn_from character varying(32),
    conflicted boolean NOT NULL,
    links text NOT NULL,
    created_at double precision NOT NULL,
    updated_at double precision NOT NULL,
    status character varying(32) NOT NULL
);
CREATE TABLE public.schema_migration (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp without time zone NOT NULL
);
CREATE SEQUENCE public.schema_migration_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.schema_migration_id_seq OWNED BY public.schema_migration.id;
CREATE TABLE public.sync_job (
    id integer NOT NULL,
    site character varying(64) NOT NULL,
    type character varying(32) NOT NULL,
    status character varying(16) NOT NULL,
    listing character varying(16),
    started_at double precision NOT NULL,
    finished_at double precision,
    metrics text NOT NULL,
    error text
);
CREATE SEQUENCE public.sync_job_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sync_job_id_seq OWNED BY public.sync_job.id;
CREATE TABLE public.sync_job_item (
    id integer NOT NULL,
    job_id integer NOT NULL,
    page_id character varying(36) NOT NULL,
    title text NOT NULL,
    page_url text NOT NULL,
    action character varying(16) NOT NULL,
    status character varying(16) NOT NULL,
    post_id character varying(32),
    post_url text,
    attempts integer NOT NULL,
    error text,
    warnings text NOT NULL,
    updated_at double precision NOT NULL
);
CREATE SEQUENCE public.sync_job_item_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sync_job_item_id_seq OWNED BY public.sync_job_item.id;
ALTER TABLE ONLY public.image_asset ALTER COLUMN id SET DEFAULT nextval('public.image_asset_id_seq'::regclass);
ALTER TABLE ONLY public.inbox ALTER COLUMN id SET DEFAULT nextval('public.inbox_id_seq'::regclass);
ALTER TABLE ONLY public.schema_migration ALTER COLUMN id SET DEFAULT nextval('public.schema_migration_id_seq'::regclass);
ALTER TABLE ONLY public.sync_job ALTER COLUMN id SET DEFAULT nextval('public.sync_job_id_seq'::regclass);
ALTER TABLE ONLY public.sync_job_item ALTER COLUMN id SET DEFAULT nextval('public.sync_job_item_id_seq'::regclass);
INSERT INTO public.image_asset VALUES (1, 'main', '456f090c-8e00-5df4-a256-be9c11c52881', 'c3e7a165-d951-5357-87eb-f87b49985bc2', 'files/99999999-0000-4000-8000-000000000001/8953fdc5-eafc-51d2-a212-fdccc634934d/view.jpg', '35becfdfa75fe950667f520689b8c423934a4c2068ca306220ba76921f30d464', '8eaa566ba234c3f668bae9d91eab447e1ce9fd538340af603b94003d2dd5c7da', 'Uploaded', '41', 'https://blog.example/wp-content/uploads/2026/11/view-8eaa566ba234.jpg', 'view-8eaa566ba234.jpg', 'image/jpeg', NULL, NULL, 1559, 1, NULL, 1795500008, '{"title": "2bcb43cbc8f6b7ef", "description": "7930d81a0723e766"}');
INSERT INTO public.inbox VALUES (1, 'main', 'asked', 'f2b8e026c0c5465cb3bc1e51cf1f133a', '456f090c-8e00-5df4-a256-be9c11c52881', 'asked', '', 1795500001);
INSERT INTO public.inbox VALUES (2, 'main', 'asked', '1717833a012a49ec863840364b706e06', '816ae706-aff7-5520-850b-465ea44fe22a', 'asked', '', 1795500018.5);
INSERT INTO public.inbox VALUES (3, 'main', 'asked', '4fb89fdd4add42479ea54d211d5ffc03', '13b7cb14-1cf7-539f-9b8e-fdf599657d79', 'asked', '', 1795500030.5);
INSERT INTO public.inbox VALUES (4, 'main', 'button', 'event-1', '816ae706-aff7-5520-850b-465ea44fe22a', 'asked', 'pressed', 1795500037);
INSERT INTO public.lease VALUES ('main', 'comparison', 'a worker', 1795500100);
INSERT INTO public.memory VALUES ('main', 'scanned posts up to', '43');
INSERT INTO public.page VALUES ('main', '456f090c-8e00-5df4-a256-be9c11c52881', 2, 1, 1795500075.5, 1795500016, 0, 1, NULL, 0, 'idle', NULL, 'reread', NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO public.page VALUES ('main', '13b7cb14-1cf7-539f-9b8e-fdf599657d79', 1, 0, 1795500031, 1795500031, 0, 1, NULL, 0, 'dead', 43, 'asked', NULL, 3, NULL, 'The site said no.', NULL, 0);
INSERT INTO public.page VALUES ('main', '816ae706-aff7-5520-850b-465ea44fe22a', 3, 1, 1795500039, 1795500038, 0, 1, NULL, 0, 'idle', NULL, 'asked', NULL, 4, NULL, NULL, NULL, 0);
INSERT INTO public.page_post_map VALUES ('main', '456f090c-8e00-5df4-a256-be9c11c52881', '42', 'https://blog.example/tides/', 'Tides', 'c8ea967ee497d330b4e7ac983d49d6733fb8a9c63d5bb97884af44b1f2eae65a', '{"post_content": "4133ec8b01aa316c", "post_title": "d14fd56978a32171"}', '{"sticky": "fcbcf165908dd18a"}', 1795500013, 1795879500, NULL, false, '{}', 1795500011, 1795500014, 'publish');
INSERT INTO public.page_post_map VALUES ('main', '816ae706-aff7-5520-850b-465ea44fe22a', '43', 'https://blog.example/shore/', 'Shore', '06c064e4fa3464b8aa2fc078c0742200ed4217cf38f277d9754efa2cb2cb8253', '{"post_content": "a5b4df4d4161be54", "post_title": "a5b6ffefe8c6e07b"}', '{"sticky": "fcbcf165908dd18a"}', 1795500025, 1795879500, NULL, false, '{}', 1795500023, 1795500026, 'publish');
INSERT INTO public.schema_migration VALUES (1, '0001_begin', '2026-11-28 16:25:16.10487');
INSERT INTO public.schema_migration VALUES (2, '0002_look_back', '2026-11-28 16:25:16.107274');
INSERT INTO public.schema_migration VALUES (3, '0003_describe', '2026-11-28 16:25:16.108085');
INSERT INTO public.schema_migration VALUES (4, '0004_deaths', '2026-11-28 16:25:16.109161');
INSERT INTO public.schema_migration VALUES (5, '0005_status', '2026-11-28 16:25:16.109161');
INSERT INTO public.schema_migration VALUES (6, '0006_byte_by_byte', '2026-11-28 16:25:16.109161');
INSERT INTO public.sync_job VALUES (1, 'main', 'cli', 'Completed', NULL, 1795500000.5, 1795500017.5, '{"seconds": 0.183, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 10, "media_uploaded": 1, "bytes_uploaded": 1559}', NULL);
INSERT INTO public.sync_job VALUES (2, 'main', 'cli', 'Completed', NULL, 1795500018, 1795500029.5, '{"seconds": 0.044, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 6, "media_uploaded": 0, "bytes_uploaded": 0}', NULL);
INSERT INTO public.sync_job VALUES (3, 'main', 'cli', 'Failed', NULL, 1795500030, 1795500036.5, '{"seconds": 0.026, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 5, "media_uploaded": 0, "bytes_uploaded": 0}', '1 of 1 pages failed.');
INSERT INTO public.sync_job VALUES (4, 'main', 'button', 'Running', NULL, 1795500037.5, NULL, '{}', NULL);
INSERT INTO public.sync_job_item VALUES (1, 1, '456f090c-8e00-5df4-a256-be9c11c52881', 'Tides', 'https://app.notion.com/p/456f090c8e005df4a256be9c11c52881', 'create', 'Success', '42', 'https://blog.example/tides/', 1, NULL, '[]', 1795500016.5);
INSERT INTO public.sync_job_item VALUES (2, 2, '816ae706-aff7-5520-850b-465ea44fe22a', 'Shore', 'https://app.notion.com/p/816ae706aff75520850b465ea44fe22a', 'create', 'Success', '43', 'https://blog.example/shore/', 1, NULL, '[]', 1795500028.5);
INSERT INTO public.sync_job_item VALUES (3, 3, '13b7cb14-1cf7-539f-9b8e-fdf599657d79', 'Refused', 'https://app.notion.com/p/13b7cb141cf7539f9b8efdf599657d79', 'create', 'Failed', NULL, NULL, 1, 'The site said no.', '[]', 1795500035.5);
SELECT pg_catalog.setval('public.image_asset_id_seq', 1, true);
SELECT pg_catalog.setval('public.inbox_id_seq', 4, true);
SELECT pg_catalog.setval('public.schema_migration_id_seq', 6, true);
SELECT pg_catalog.setval('public.sync_job_id_seq', 4, true);
SELECT pg_catalog.setval('public.sync_job_item_id_seq', 3, true);
ALTER TABLE ONLY public.image_asset
    ADD CONSTRAINT image_asset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (site, name);
ALTER TABLE ONLY public.memory
    ADD CONSTRAINT memory_pkey PRIMARY KEY (site, key);
ALTER TABLE ONLY public.page
    ADD CONSTRAINT page_pkey PRIMARY KEY (site, page_id);
ALTER TABLE ONLY public.page_post_map
    ADD CONSTRAINT page_post_map_pkey PRIMARY KEY (site, page_id);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sync_job_item
    ADD CONSTRAINT sync_job_item_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sync_job
    ADD CONSTRAINT sync_job_pkey PRIMARY KEY (id);
CREATE INDEX image_asset_site_identity_hash ON public.image_asset USING btree (site, identity_hash);
CREATE INDEX image_asset_site_media_id ON public.image_asset USING btree (site, media_id);
CREATE UNIQUE INDEX image_asset_site_page_id_block_id_identity_hash ON public.image_asset USING btree (site, page_id, block_id, identity_hash);
CREATE INDEX image_asset_site_sha256 ON public.image_asset USING btree (site, sha256);
CREATE INDEX inbox_received_at ON public.inbox USING btree (received_at);
CREATE UNIQUE INDEX inbox_site_source_event_id ON public.inbox USING btree (site, source, event_id);
CREATE INDEX page_job_id ON public.page USING btree (job_id);
CREATE INDEX page_post_map_site_post_id ON public.page_post_map USING btree (site, post_id);
CREATE INDEX page_site_not_before ON public.page USING btree (site, not_before);
CREATE UNIQUE INDEX schema_migration_name ON public.schema_migration USING btree (name);
CREATE INDEX sync_job_item_job_id ON public.sync_job_item USING btree (job_id);
CREATE UNIQUE INDEX sync_job_item_job_id_page_id ON public.sync_job_item USING btree (job_id, page_id);
CREATE INDEX sync_job_item_page_id ON public.sync_job_item USING btree (page_id);
CREATE INDEX sync_job_item_updated_at ON public.sync_job_item USING btree (updated_at);
CREATE INDEX sync_job_site_finished_at ON public.sync_job USING btree (site, finished_at);
ALTER TABLE ONLY public.sync_job_item
    ADD CONSTRAINT sync_job_item_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.sync_job(id) ON DELETE CASCADE;
