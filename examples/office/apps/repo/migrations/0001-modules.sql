-- Modules in folders, and every version of each: the newest one too, so that a text is in one place only.
-- Compared by code point: paging needs an order that no upgrade of a locale changes.
create table modules (
  id uuid primary key default gen_random_uuid(),
  folder text collate "C" not null,
  name text collate "C" not null,
  version integer not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint modules_place unique (folder, name)
);

create table module_versions (
  module_id uuid not null references modules on delete cascade,
  version integer not null,
  folder text collate "C" not null,
  name text collate "C" not null,
  body text not null,
  made_at timestamptz not null,
  primary key (module_id, version)
);
