-- Which old version a version repeats. Expands only: the release before this one neither fills nor reads it.
alter table module_versions add column restored_from integer;
