-- Tides: 456f090c-8e00-5df4-a256-be9c11c52881
-- Shore: 816ae706-aff7-5520-850b-465ea44fe22a
-- Refused: 13b7cb14-1cf7-539f-9b8e-fdf599657d79
-- data source: b0bc4464-9c37-599d-b603-ecb6a6314535
-- view.jpg: 8953fdc5-eafc-51d2-a212-fdccc634934d
BEGIN TRANSACTION;
CREATE TABLE "image_asset" ("id" INTEGER NOT NULL PRIMARY KEY, "site" VARCHAR(64) NOT NULL, "page_id" VARCHAR(36) NOT NULL, "block_id" VARCHAR(40) NOT NULL, "identity" TEXT NOT NULL, "identity_hash" VARCHAR(64) NOT NULL, "sha256" VARCHAR(64), "status" VARCHAR(16) NOT NULL, "media_id" VARCHAR(32), "media_url" TEXT, "name" TEXT, "mime" VARCHAR(128), "width" INTEGER, "height" INTEGER, "bytes" INTEGER, "made_by" INTEGER, "error" TEXT, "updated_at" REAL NOT NULL, "described" TEXT);
INSERT INTO "image_asset" VALUES(1,'main','456f090c-8e00-5df4-a256-be9c11c52881','c3e7a165-d951-5357-87eb-f87b49985bc2','files/99999999-0000-4000-8000-000000000001/8953fdc5-eafc-51d2-a212-fdccc634934d/view.jpg','35becfdfa75fe950667f520689b8c423934a4c2068ca306220ba76921f30d464','8eaa566ba234c3f668bae9d91eab447e1ce9fd538340af603b94003d2dd5c7da','Uploaded','41','https://blog.example/wp-content/uploads/2026/11/view-8eaa566ba234.jpg','view-8eaa566ba234.jpg','image/jpeg',NULL,NULL,1559,1,NULL,1795500008.0,'{"title": "2bcb43cbc8f6b7ef", "description": "7930d81a0723e766"}');
CREATE TABLE "inbox" ("id" INTEGER NOT NULL PRIMARY KEY, "site" VARCHAR(64) NOT NULL, "source" VARCHAR(32) NOT NULL, "event_id" VARCHAR(128) NOT NULL, "page_id" VARCHAR(36), "kind" VARCHAR(64) NOT NULL, "body" TEXT NOT NULL, "received_at" REAL NOT NULL);
INSERT INTO "inbox" VALUES(1,'main','asked','71874134c2bc44c4871ef129c225bb0c','456f090c-8e00-5df4-a256-be9c11c52881','asked','',1795500001.0);
INSERT INTO "inbox" VALUES(2,'main','asked','303451f6b89f44a1aa1c25d04ff69c96','816ae706-aff7-5520-850b-465ea44fe22a','asked','',1795500018.5);
INSERT INTO "inbox" VALUES(3,'main','asked','40cccee0ef8943abaaa274ec7c3c2cb4','13b7cb14-1cf7-539f-9b8e-fdf599657d79','asked','',1795500030.5);
INSERT INTO "inbox" VALUES(4,'main','button','event-1','816ae706-aff7-5520-850b-465ea44fe22a','asked','pressed',1795500037.0);
CREATE TABLE "lease" ("site" VARCHAR(64) NOT NULL, "name" VARCHAR(128) NOT NULL, "owner" VARCHAR(128) NOT NULL, "until" REAL NOT NULL, PRIMARY KEY ("site", "name"));
INSERT INTO "lease" VALUES('main','comparison','a worker',1795500100.0);
CREATE TABLE "memory" ("site" VARCHAR(64) NOT NULL, "key" VARCHAR(128) NOT NULL, "value" TEXT NOT NULL, PRIMARY KEY ("site", "key"));
INSERT INTO "memory" VALUES('main','scanned posts up to','43');
CREATE TABLE "page" ("site" VARCHAR(64) NOT NULL, "page_id" VARCHAR(36) NOT NULL, "wanted_rev" INTEGER NOT NULL, "done_rev" INTEGER NOT NULL, "not_before" REAL NOT NULL, "dirty_since" REAL NOT NULL, "attempts" INTEGER NOT NULL, "lease_token" INTEGER NOT NULL, "lease_owner" VARCHAR(128), "lease_until" REAL NOT NULL, "phase" VARCHAR(16) NOT NULL, "create_floor" INTEGER, "intent" VARCHAR(16) NOT NULL, "next_intent" VARCHAR(16), "job_id" INTEGER, "snapshot" TEXT, "last_error" TEXT, "reread_at" REAL, "deaths" INTEGER NOT NULL, PRIMARY KEY ("site", "page_id"));
INSERT INTO "page" VALUES('main','456f090c-8e00-5df4-a256-be9c11c52881',2,1,1795500075.5,1795500016.0,0,1,NULL,0.0,'idle',NULL,'reread',NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "page" VALUES('main','816ae706-aff7-5520-850b-465ea44fe22a',3,1,1795500039.0,1795500038.0,0,1,NULL,0.0,'idle',NULL,'asked',NULL,4,NULL,NULL,NULL,0);
INSERT INTO "page" VALUES('main','13b7cb14-1cf7-539f-9b8e-fdf599657d79',1,0,1795500031.0,1795500031.0,0,1,NULL,0.0,'dead',43,'asked',NULL,3,NULL,'The site said no.',NULL,0);
CREATE TABLE "page_post_map" ("site" VARCHAR(64) NOT NULL, "page_id" VARCHAR(36) NOT NULL, "post_id" VARCHAR(32) NOT NULL, "link" TEXT NOT NULL, "title" TEXT NOT NULL, "fingerprint" VARCHAR(64) NOT NULL, "fields_hash" TEXT NOT NULL, "stated" TEXT NOT NULL, "modified" REAL, "page_edited_at" REAL, "withdrawn_from" VARCHAR(32), "conflicted" INTEGER NOT NULL, "links" TEXT NOT NULL, "created_at" REAL NOT NULL, "updated_at" REAL NOT NULL, "status" VARCHAR(32) NOT NULL, PRIMARY KEY ("site", "page_id"));
INSERT INTO "page_post_map" VALUES('main','456f090c-8e00-5df4-a256-be9c11c52881','42','https://blog.example/tides/','Tides','c8ea967ee497d330b4e7ac983d49d6733fb8a9c63d5bb97884af44b1f2eae65a','{"post_content": "4133ec8b01aa316c", "post_title": "d14fd56978a32171"}','{"sticky": "fcbcf165908dd18a"}',1795500013.0,1795879440.0,NULL,0,'{}',1795500011.0,1795500014.0,'publish');
INSERT INTO "page_post_map" VALUES('main','816ae706-aff7-5520-850b-465ea44fe22a','43','https://blog.example/shore/','Shore','06c064e4fa3464b8aa2fc078c0742200ed4217cf38f277d9754efa2cb2cb8253','{"post_content": "a5b4df4d4161be54", "post_title": "a5b6ffefe8c6e07b"}','{"sticky": "fcbcf165908dd18a"}',1795500025.0,1795879440.0,NULL,0,'{}',1795500023.0,1795500026.0,'publish');
CREATE TABLE "schema_migration" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(255) NOT NULL, "applied" DATETIME NOT NULL);
INSERT INTO "schema_migration" VALUES(1,'0001_begin','2026-11-28 16:24:51.397897');
INSERT INTO "schema_migration" VALUES(2,'0002_look_back','2026-11-28 16:24:51.398423');
INSERT INTO "schema_migration" VALUES(3,'0003_describe','2026-11-28 16:24:51.399183');
INSERT INTO "schema_migration" VALUES(4,'0004_deaths','2026-11-28 16:24:51.401174');
INSERT INTO "schema_migration" VALUES(5,'0005_status','2026-11-28 16:24:51.401174');
INSERT INTO "schema_migration" VALUES(6,'0006_byte_by_byte','2026-11-28 16:24:51.401174');
CREATE TABLE "sync_job" ("id" INTEGER NOT NULL PRIMARY KEY, "site" VARCHAR(64) NOT NULL, "type" VARCHAR(32) NOT NULL, "status" VARCHAR(16) NOT NULL, "listing" VARCHAR(16), "started_at" REAL NOT NULL, "finished_at" REAL, "metrics" TEXT NOT NULL, "error" TEXT);
INSERT INTO "sync_job" VALUES(1,'main','cli','Completed',NULL,1795500000.5,1795500017.5,'{"seconds": 0.201, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 10, "media_uploaded": 1, "bytes_uploaded": 1559}',NULL);
INSERT INTO "sync_job" VALUES(2,'main','cli','Completed',NULL,1795500018.0,1795500029.5,'{"seconds": 0.049, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 6, "media_uploaded": 0, "bytes_uploaded": 0}',NULL);
INSERT INTO "sync_job" VALUES(3,'main','cli','Failed',NULL,1795500030.0,1795500036.5,'{"seconds": 0.028, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 5, "media_uploaded": 0, "bytes_uploaded": 0}','1 of 1 pages failed.');
INSERT INTO "sync_job" VALUES(4,'main','button','Running',NULL,1795500037.5,NULL,'{}',NULL);
CREATE TABLE "sync_job_item" ("id" INTEGER NOT NULL PRIMARY KEY, "job_id" INTEGER NOT NULL, "page_id" VARCHAR(36) NOT NULL, "title" TEXT NOT NULL, "page_url" TEXT NOT NULL, "action" VARCHAR(16) NOT NULL, "status" VARCHAR(16) NOT NULL, "post_id" VARCHAR(32), "post_url" TEXT, "attempts" INTEGER NOT NULL, "error" TEXT, "warnings" TEXT NOT NULL, "updated_at" REAL NOT NULL, FOREIGN KEY ("job_id") REFERENCES "sync_job" ("id") ON DELETE CASCADE);
INSERT INTO "sync_job_item" VALUES(1,1,'456f090c-8e00-5df4-a256-be9c11c52881','Tides','https://app.notion.com/p/456f090c8e005df4a256be9c11c52881','create','Success','42','https://blog.example/tides/',1,NULL,'[]',1795500016.5);
INSERT INTO "sync_job_item" VALUES(2,2,'816ae706-aff7-5520-850b-465ea44fe22a','Shore','https://app.notion.com/p/816ae706aff75520850b465ea44fe22a','create','Success','43','https://blog.example/shore/',1,NULL,'[]',1795500028.5);
INSERT INTO "sync_job_item" VALUES(3,3,'13b7cb14-1cf7-539f-9b8e-fdf599657d79','Refused','https://app.notion.com/p/13b7cb141cf7539f9b8efdf599657d79','create','Failed',NULL,NULL,1,'The site said no.','[]',1795500035.5);
CREATE UNIQUE INDEX "schema_migration_name" ON "schema_migration" ("name");
CREATE UNIQUE INDEX "image_asset_site_page_id_block_id_identity_hash" ON "image_asset" ("site", "page_id", "block_id", "identity_hash");
CREATE INDEX "image_asset_site_identity_hash" ON "image_asset" ("site", "identity_hash");
CREATE INDEX "image_asset_site_sha256" ON "image_asset" ("site", "sha256");
CREATE INDEX "image_asset_site_media_id" ON "image_asset" ("site", "media_id");
CREATE UNIQUE INDEX "inbox_site_source_event_id" ON "inbox" ("site", "source", "event_id");
CREATE INDEX "inbox_received_at" ON "inbox" ("received_at");
CREATE INDEX "page_post_map_site_post_id" ON "page_post_map" ("site", "post_id");
CREATE INDEX "sync_job_item_job_id" ON "sync_job_item" ("job_id");
CREATE UNIQUE INDEX "sync_job_item_job_id_page_id" ON "sync_job_item" ("job_id", "page_id");
CREATE INDEX "sync_job_site_finished_at" ON "sync_job" ("site", "finished_at");
CREATE INDEX "sync_job_item_page_id" ON "sync_job_item" ("page_id");
CREATE INDEX "sync_job_item_updated_at" ON "sync_job_item" ("updated_at");
CREATE INDEX "page_job_id" ON "page" ("job_id");
CREATE INDEX "page_site_not_before" ON "page" ("site", "not_before");
COMMIT;
