-- Tides: 456f090c-8e00-5df4-a256-be9c11c52881
-- Shore: 816ae706-aff7-5520-850b-465ea44fe22a
-- Refused: 13b7cb14-1cf7-539f-9b8e-fdf599657d79
-- data source: b0bc4464-9c37-599d-b603-ecb6a6314535
-- view.jpg: 8953fdc5-eafc-51d2-a212-fdccc634934d
SET foreign_key_checks = 0;
CREATE TABLE `image_asset` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `site` varchar(64) NOT NULL,
  `page_id` varchar(36) NOT NULL,
  `block_id` varchar(40) NOT NULL,
  `identity` text NOT NULL,
  `identity_hash` varchar(64) NOT NULL,
  `sha256` varchar(64) DEFAULT NULL,
  `status` varchar(16) NOT NULL,
  `media_id` varchar(32) DEFAULT NULL,
  `media_url` text DEFAULT NULL,
  `name` text DEFAULT NULL,
  `mime` varchar(128) DEFAULT NULL,
  `width` int(11) DEFAULT NULL,
  `height` int(11) DEFAULT NULL,
  `bytes` bigint(20) DEFAULT NULL,
  `made_by` int(11) DEFAULT NULL,
  `error` text DEFAULT NULL,
  `updated_at` double NOT NULL,
  `described` text DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `image_asset_site_page_id_block_id_identity_hash` (`site`,`page_id`,`block_id`,`identity_hash`),
  KEY `image_asset_site_identity_hash` (`site`,`identity_hash`),
  KEY `image_asset_site_sha256` (`site`,`sha256`),
  KEY `image_asset_site_media_id` (`site`,`media_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `image_asset` (`id`, `site`, `page_id`, `block_id`, `identity`, `identity_hash`, `sha256`, `status`, `media_id`, `media_url`, `name`, `mime`, `width`, `height`, `bytes`, `made_by`, `error`, `updated_at`, `described`) VALUES (1, 'main', '456f090c-8e00-5df4-a256-be9c11c52881', 'c3e7a165-d951-5357-87eb-f87b49985bc2', 'files/99999999-0000-4000-8000-000000000001/8953fdc5-eafc-51d2-a212-fdccc634934d/view.jpg', '35becfdfa75fe950667f520689b8c423934a4c2068ca306220ba76921f30d464', '8eaa566ba234c3f668bae9d91eab447e1ce9fd538340af603b94003d2dd5c7da', 'Uploaded', '41', 'https://blog.example/wp-content/uploads/2026/11/view-8eaa566ba234.jpg', 'view-8eaa566ba234.jpg', 'image/jpeg', NULL, NULL, 1559, 1, NULL, 1795500008.0, '{"title": "2bcb43cbc8f6b7ef", "description": "7930d81a0723e766"}');
CREATE TABLE `inbox` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `site` varchar(64) NOT NULL,
  `source` varchar(32) NOT NULL,
  `event_id` varchar(128) NOT NULL,
  `page_id` varchar(36) DEFAULT NULL,
  `kind` varchar(64) NOT NULL,
  `body` text NOT NULL,
  `received_at` double NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `inbox_site_source_event_id` (`site`,`source`,`event_id`),
  KEY `inbox_received_at` (`received_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `inbox` (`id`, `site`, `source`, `event_id`, `page_id`, `kind`, `body`, `received_at`) VALUES (1, 'main', 'asked', '71874134c2bc44c4871ef129c225bb0c', '456f090c-8e00-5df4-a256-be9c11c52881', 'asked', '', 1795500001.0);
INSERT INTO `inbox` (`id`, `site`, `source`, `event_id`, `page_id`, `kind`, `body`, `received_at`) VALUES (2, 'main', 'asked', '303451f6b89f44a1aa1c25d04ff69c96', '816ae706-aff7-5520-850b-465ea44fe22a', 'asked', '', 1795500018.5);
INSERT INTO `inbox` (`id`, `site`, `source`, `event_id`, `page_id`, `kind`, `body`, `received_at`) VALUES (3, 'main', 'asked', '40cccee0ef8943abaaa274ec7c3c2cb4', '13b7cb14-1cf7-539f-9b8e-fdf599657d79', 'asked', '', 1795500030.5);
INSERT INTO `inbox` (`id`, `site`, `source`, `event_id`, `page_id`, `kind`, `body`, `received_at`) VALUES (4, 'main', 'button', 'event-1', '816ae706-aff7-5520-850b-465ea44fe22a', 'asked', 'pressed', 1795500037.0);
CREATE TABLE `lease` (
  `site` varchar(64) NOT NULL,
  `name` varchar(128) NOT NULL,
  `owner` varchar(128) NOT NULL,
  `until` double NOT NULL,
  PRIMARY KEY (`site`,`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `lease` (`site`, `name`, `owner`, `until`) VALUES ('main', 'comparison', 'a worker', 1795500100.0);
CREATE TABLE `memory` (
  `site` varchar(64) NOT NULL,
  `key` varchar(128) NOT NULL,
  `value` text NOT NULL,
  PRIMARY KEY (`site`,`key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `memory` (`site`, `key`, `value`) VALUES ('main', 'scanned posts up to', '43');
CREATE TABLE `page` (
  `site` varchar(64) NOT NULL,
  `page_id` varchar(36) NOT NULL,
  `wanted_rev` int(11) NOT NULL,
  `done_rev` int(11) NOT NULL,
  `not_before` double NOT NULL,
  `dirty_since` double NOT NULL,
  `attempts` int(11) NOT NULL,
  `lease_token` int(11) NOT NULL,
  `lease_owner` varchar(128) DEFAULT NULL,
  `lease_until` double NOT NULL,
  `phase` varchar(16) NOT NULL,
  `create_floor` bigint(20) DEFAULT NULL,
  `intent` varchar(16) NOT NULL,
  `next_intent` varchar(16) DEFAULT NULL,
  `job_id` int(11) DEFAULT NULL,
  `snapshot` text DEFAULT NULL,
  `last_error` text DEFAULT NULL,
  `reread_at` double DEFAULT NULL,
  `deaths` int(11) NOT NULL,
  PRIMARY KEY (`site`,`page_id`),
  KEY `page_site_not_before` (`site`,`not_before`),
  KEY `page_job_id` (`job_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `page` (`site`, `page_id`, `wanted_rev`, `done_rev`, `not_before`, `dirty_since`, `attempts`, `lease_token`, `lease_owner`, `lease_until`, `phase`, `create_floor`, `intent`, `next_intent`, `job_id`, `snapshot`, `last_error`, `reread_at`, `deaths`) VALUES ('main', '456f090c-8e00-5df4-a256-be9c11c52881', 2, 1, 1795500075.5, 1795500016.0, 0, 1, NULL, 0.0, 'idle', NULL, 'reread', NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO `page` (`site`, `page_id`, `wanted_rev`, `done_rev`, `not_before`, `dirty_since`, `attempts`, `lease_token`, `lease_owner`, `lease_until`, `phase`, `create_floor`, `intent`, `next_intent`, `job_id`, `snapshot`, `last_error`, `reread_at`, `deaths`) VALUES ('main', '816ae706-aff7-5520-850b-465ea44fe22a', 3, 1, 1795500039.0, 1795500038.0, 0, 1, NULL, 0.0, 'idle', NULL, 'asked', NULL, 4, NULL, NULL, NULL, 0);
INSERT INTO `page` (`site`, `page_id`, `wanted_rev`, `done_rev`, `not_before`, `dirty_since`, `attempts`, `lease_token`, `lease_owner`, `lease_until`, `phase`, `create_floor`, `intent`, `next_intent`, `job_id`, `snapshot`, `last_error`, `reread_at`, `deaths`) VALUES ('main', '13b7cb14-1cf7-539f-9b8e-fdf599657d79', 1, 0, 1795500031.0, 1795500031.0, 0, 1, NULL, 0.0, 'dead', 43, 'asked', NULL, 3, NULL, 'The site said no.', NULL, 0);
CREATE TABLE `page_post_map` (
  `site` varchar(64) NOT NULL,
  `page_id` varchar(36) NOT NULL,
  `post_id` varchar(32) NOT NULL,
  `link` text NOT NULL,
  `title` text NOT NULL,
  `fingerprint` varchar(64) NOT NULL,
  `fields_hash` text NOT NULL,
  `stated` text NOT NULL,
  `modified` double DEFAULT NULL,
  `page_edited_at` double DEFAULT NULL,
  `withdrawn_from` varchar(32) DEFAULT NULL,
  `conflicted` tinyint(1) NOT NULL,
  `links` text NOT NULL,
  `created_at` double NOT NULL,
  `updated_at` double NOT NULL,
  PRIMARY KEY (`site`,`page_id`),
  KEY `page_post_map_site_post_id` (`site`,`post_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `page_post_map` (`site`, `page_id`, `post_id`, `link`, `title`, `fingerprint`, `fields_hash`, `stated`, `modified`, `page_edited_at`, `withdrawn_from`, `conflicted`, `links`, `created_at`, `updated_at`) VALUES ('main', '456f090c-8e00-5df4-a256-be9c11c52881', '42', 'https://blog.example/tides/', 'Tides', 'c8ea967ee497d330b4e7ac983d49d6733fb8a9c63d5bb97884af44b1f2eae65a', '{"post_content": "4133ec8b01aa316c", "post_title": "d14fd56978a32171"}', '{"sticky": "fcbcf165908dd18a"}', 1795500013.0, 1795879440.0, NULL, 0, '{}', 1795500011.0, 1795500014.0);
INSERT INTO `page_post_map` (`site`, `page_id`, `post_id`, `link`, `title`, `fingerprint`, `fields_hash`, `stated`, `modified`, `page_edited_at`, `withdrawn_from`, `conflicted`, `links`, `created_at`, `updated_at`) VALUES ('main', '816ae706-aff7-5520-850b-465ea44fe22a', '43', 'https://blog.example/shore/', 'Shore', '06c064e4fa3464b8aa2fc078c0742200ed4217cf38f277d9754efa2cb2cb8253', '{"post_content": "a5b4df4d4161be54", "post_title": "a5b6ffefe8c6e07b"}', '{"sticky": "fcbcf165908dd18a"}', 1795500025.0, 1795879440.0, NULL, 0, '{}', 1795500023.0, 1795500026.0);
CREATE TABLE `schema_migration` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(255) NOT NULL,
  `applied` datetime NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `schema_migration_name` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `schema_migration` (`id`, `name`, `applied`) VALUES (1, '0001_begin', '2026-11-28 16:24:51.397897');
INSERT INTO `schema_migration` (`id`, `name`, `applied`) VALUES (2, '0002_look_back', '2026-11-28 16:24:51.398423');
INSERT INTO `schema_migration` (`id`, `name`, `applied`) VALUES (3, '0003_describe', '2026-11-28 16:24:51.399183');
INSERT INTO `schema_migration` (`id`, `name`, `applied`) VALUES (4, '0004_deaths', '2026-11-28 16:24:51.401174');
CREATE TABLE `sync_job` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `site` varchar(64) NOT NULL,
  `type` varchar(32) NOT NULL,
  `status` varchar(16) NOT NULL,
  `listing` varchar(16) DEFAULT NULL,
  `started_at` double NOT NULL,
  `finished_at` double DEFAULT NULL,
  `metrics` text NOT NULL,
  `error` text DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `sync_job_site_finished_at` (`site`,`finished_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `sync_job` (`id`, `site`, `type`, `status`, `listing`, `started_at`, `finished_at`, `metrics`, `error`) VALUES (1, 'main', 'cli', 'Completed', NULL, 1795500000.5, 1795500017.5, '{"seconds": 0.201, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 10, "media_uploaded": 1, "bytes_uploaded": 1559}', NULL);
INSERT INTO `sync_job` (`id`, `site`, `type`, `status`, `listing`, `started_at`, `finished_at`, `metrics`, `error`) VALUES (2, 'main', 'cli', 'Completed', NULL, 1795500018.0, 1795500029.5, '{"seconds": 0.049, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 6, "media_uploaded": 0, "bytes_uploaded": 0}', NULL);
INSERT INTO `sync_job` (`id`, `site`, `type`, `status`, `listing`, `started_at`, `finished_at`, `metrics`, `error`) VALUES (3, 'main', 'cli', 'Failed', NULL, 1795500030.0, 1795500036.5, '{"seconds": 0.028, "notion_calls": 3, "notion_429": 0, "wordpress_calls": 5, "media_uploaded": 0, "bytes_uploaded": 0}', '1 of 1 pages failed.');
INSERT INTO `sync_job` (`id`, `site`, `type`, `status`, `listing`, `started_at`, `finished_at`, `metrics`, `error`) VALUES (4, 'main', 'button', 'Running', NULL, 1795500037.5, NULL, '{}', NULL);
CREATE TABLE `sync_job_item` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `job_id` int(11) NOT NULL,
  `page_id` varchar(36) NOT NULL,
  `title` text NOT NULL,
  `page_url` text NOT NULL,
  `action` varchar(16) NOT NULL,
  `status` varchar(16) NOT NULL,
  `post_id` varchar(32) DEFAULT NULL,
  `post_url` text DEFAULT NULL,
  `attempts` int(11) NOT NULL,
  `error` text DEFAULT NULL,
  `warnings` text NOT NULL,
  `updated_at` double NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `sync_job_item_job_id_page_id` (`job_id`,`page_id`),
  KEY `sync_job_item_job_id` (`job_id`),
  KEY `sync_job_item_page_id` (`page_id`),
  KEY `sync_job_item_updated_at` (`updated_at`),
  CONSTRAINT `sync_job_item_ibfk_1` FOREIGN KEY (`job_id`) REFERENCES `sync_job` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
INSERT INTO `sync_job_item` (`id`, `job_id`, `page_id`, `title`, `page_url`, `action`, `status`, `post_id`, `post_url`, `attempts`, `error`, `warnings`, `updated_at`) VALUES (1, 1, '456f090c-8e00-5df4-a256-be9c11c52881', 'Tides', 'https://app.notion.com/p/456f090c8e005df4a256be9c11c52881', 'create', 'Success', '42', 'https://blog.example/tides/', 1, NULL, '[]', 1795500016.5);
INSERT INTO `sync_job_item` (`id`, `job_id`, `page_id`, `title`, `page_url`, `action`, `status`, `post_id`, `post_url`, `attempts`, `error`, `warnings`, `updated_at`) VALUES (2, 2, '816ae706-aff7-5520-850b-465ea44fe22a', 'Shore', 'https://app.notion.com/p/816ae706aff75520850b465ea44fe22a', 'create', 'Success', '43', 'https://blog.example/shore/', 1, NULL, '[]', 1795500028.5);
INSERT INTO `sync_job_item` (`id`, `job_id`, `page_id`, `title`, `page_url`, `action`, `status`, `post_id`, `post_url`, `attempts`, `error`, `warnings`, `updated_at`) VALUES (3, 3, '13b7cb14-1cf7-539f-9b8e-fdf599657d79', 'Refused', 'https://app.notion.com/p/13b7cb141cf7539f9b8efdf599657d79', 'create', 'Failed', NULL, NULL, 1, 'The site said no.', '[]', 1795500035.5);
