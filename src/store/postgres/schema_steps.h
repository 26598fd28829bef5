#pragma once
#include <array>

namespace atelier::store::postgres {

/// Step N takes schema N to N + 1. Append only: databases of every age are out there. Everything
/// lies in the schema `atelier`, and is named with it: a pooler gives every transaction another
/// session, so that no setting of a session can be relied on.
///
/// Keys and bodies are bytea: ordered bytewise whatever the database's collation is, and able to
/// hold every byte, as in the other stores. (A text refuses NUL, and bounds of a range that are no
/// UTF-8.)
///
/// `changes` and `commits` are only added to; old partitions are dropped whole. The revision of the
/// store is the last row of `commits`: a row that is updated 500 times a second is a burden while
/// anybody holds an old snapshot.
inline constexpr std::array<const char*, 2> kSchemaSteps = {
    R"sql(
CREATE TABLE atelier.meta(name text PRIMARY KEY, value text NOT NULL);
INSERT INTO atelier.meta VALUES ('schema', '0'), ('min_reader', '1'), ('feature_level', '1'),
  ('installation', gen_random_uuid()), ('incarnation', '1');

-- Who may write. Each commit compares the epoch, which every connection that writes raises. `life`
-- is one process; `owner` all that come after it in one place; `until`: no other takes over before.
CREATE TABLE atelier.server(one boolean PRIMARY KEY DEFAULT true CHECK (one), owner text NOT NULL,
  life text NOT NULL, name text NOT NULL, epoch bigint NOT NULL, until timestamptz NOT NULL)
  WITH (fillfactor=10);
INSERT INTO atelier.server(owner, life, name, epoch, until) VALUES ('', '', '', 0, '-infinity');

CREATE TABLE atelier.records(kind smallint, key bytea, revision bigint NOT NULL, body bytea NOT NULL,
  PRIMARY KEY(kind, key)) PARTITION BY LIST(kind);
CREATE TABLE atelier.records_instance PARTITION OF atelier.records FOR VALUES IN (9)
  WITH (fillfactor=85);
CREATE TABLE atelier.records_service PARTITION OF atelier.records FOR VALUES IN (16, 18)
  WITH (fillfactor=85);
CREATE TABLE atelier.records_event PARTITION OF atelier.records FOR VALUES IN (11, 19);
CREATE TABLE atelier.records_audit PARTITION OF atelier.records FOR VALUES IN (13);
CREATE TABLE atelier.records_document PARTITION OF atelier.records FOR VALUES IN (21)
  WITH (fillfactor=85);
CREATE TABLE atelier.records_rest PARTITION OF atelier.records DEFAULT WITH (fillfactor=85);

CREATE TABLE atelier.changes(revision bigint, ord int, op smallint NOT NULL, kind smallint NOT NULL,
  key bytea NOT NULL, body bytea, PRIMARY KEY(revision, ord)) PARTITION BY RANGE(revision);
-- revisions: of the group's batches, 0 for one that was refused. missed: its deletes of nothing.
CREATE TABLE atelier.commits(first bigint PRIMARY KEY, last bigint NOT NULL, group_id uuid NOT NULL,
  epoch bigint NOT NULL, revisions bigint[] NOT NULL, missed int[] NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()) PARTITION BY RANGE(first);

-- Makes the partitions of the revision `_ahead` of the last one and of the million after it, and
-- drops those whose revisions were all given more than an hour ago, but for the latest.
CREATE FUNCTION atelier.keep_partitions(_ahead bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  _size CONSTANT bigint := 1000000;
  _now bigint;
  _part bigint;
  _newest timestamptz;
BEGIN
  SELECT c.last INTO _now FROM atelier.commits c ORDER BY c.first DESC LIMIT 1;
  _now := (coalesce(_now, 0) + _ahead) / _size;
  FOR _part IN _now .. _now + 1 LOOP
    EXECUTE format('CREATE TABLE IF NOT EXISTS atelier.changes_%s PARTITION OF atelier.changes '
      'FOR VALUES FROM (%s) TO (%s)', _part, _part * _size, (_part + 1) * _size);
    EXECUTE format('CREATE TABLE IF NOT EXISTS atelier.commits_%s PARTITION OF atelier.commits '
      'FOR VALUES FROM (%s) TO (%s)', _part, _part * _size, (_part + 1) * _size);
  END LOOP;
  FOR _part IN SELECT substring(relname from 9)::bigint FROM pg_class
      WHERE relnamespace = 'atelier'::regnamespace AND relname ~ '^commits_[0-9]+$' LOOP
    CONTINUE WHEN _part >= _now - 1;
    EXECUTE format('SELECT max(at) FROM atelier.commits_%s', _part) INTO _newest;
    CONTINUE WHEN _newest > clock_timestamp() - interval '1 hour';
    EXECUTE format('DROP TABLE atelier.changes_%s, atelier.commits_%s', _part, _part);
  END LOOP;
END $$;

-- Commits a group of batches, whose keys are disjoint: no batch writes what another one names. The
-- caller holds the lock of the installation, taken by a statement before this one, so that what is
-- read here is newer than the commit of whoever had the lock before. The arrays have one element a
-- write: the number of its batch from 1 on; op 0 put, 1 delete, 2 check; expected -1 for any.
--
-- The first row tells what became of the group; the others are the changes after `_applied` that
-- others committed before it.
CREATE FUNCTION atelier.commit_group(_epoch bigint, _lease interval, _group uuid, _applied bigint,
  _batches int, _batch int[], _op smallint[], _kind smallint[], _key bytea[], _body bytea[], _expected bigint[])
RETURNS TABLE(head bigint, revisions bigint[], missed int[], revision bigint, op smallint,
  kind smallint, key bytea, body bytea)
LANGUAGE plpgsql
-- The tables grow faster than their statistics: always by index, and never a plan for each call.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
  _until timestamptz;
  _head bigint;
  _last bigint;
  _refused int[];
  _revisions bigint[] := '{}';
  _missed int[] := '{}';
BEGIN
  SELECT s.until INTO _until FROM atelier.server s WHERE s.epoch = _epoch;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this connection may write no more' USING ERRCODE = 'AT001';
  END IF;
  IF _until < clock_timestamp() + _lease * 0.7 THEN
    UPDATE atelier.server s SET until = clock_timestamp() + _lease WHERE s.epoch = _epoch;
  END IF;
  SELECT c.last INTO _head FROM atelier.commits c ORDER BY c.first DESC LIMIT 1;
  _head := coalesce(_head, 0);
  _last := _head;

  SELECT array_agg(DISTINCT w.batch) INTO _refused
  FROM unnest(_batch, _kind, _key, _expected) AS w(batch, kind, key, expected)
  LEFT JOIN atelier.records r ON r.kind = w.kind AND r.key = w.key
  WHERE w.expected >= 0 AND coalesce(r.revision, 0) <> w.expected;
  FOR _n IN 1 .. _batches LOOP
    IF _n = ANY(_refused) THEN
      _revisions[_n] := 0;
    ELSE
      _last := _last + 1;
      _revisions[_n] := _last;
    END IF;
  END LOOP;

  IF _last > _head THEN
    -- All parts of one statement see the records as they were before it.
    WITH w AS MATERIALIZED (
      SELECT w.ord::int AS ord, _revisions[w.batch] AS revision, w.op, w.kind, w.key, w.body,
        lag(w.op) OVER (PARTITION BY w.kind, w.key ORDER BY w.ord) AS before,
        lead(w.op) OVER (PARTITION BY w.kind, w.key ORDER BY w.ord) IS NULL AS final
      FROM unnest(_batch, _op, _kind, _key, _body) WITH ORDINALITY
        AS w(batch, op, kind, key, body, ord)
      WHERE w.op < 2 AND _revisions[w.batch] > 0
    ), done AS MATERIALIZED (
      SELECT * FROM w WHERE w.op = 0 OR w.before = 0 OR (w.before IS NULL AND EXISTS (
        SELECT FROM atelier.records r WHERE r.kind = w.kind AND r.key = w.key))
    ), put AS (
      INSERT INTO atelier.records AS r (kind, key, revision, body)
      SELECT w.kind, w.key, w.revision, w.body FROM w WHERE w.final AND w.op = 0
      ON CONFLICT (kind, key) DO UPDATE SET revision = excluded.revision, body = excluded.body
    ), removed AS (
      DELETE FROM atelier.records r USING w
      WHERE w.final AND w.op = 1 AND r.kind = w.kind AND r.key = w.key
    ), told AS (
      -- No read model shows steps, events, client tokens and audit records: without the body.
      INSERT INTO atelier.changes(revision, ord, op, kind, key, body)
      SELECT d.revision, d.ord, d.op, d.kind, d.key,
        CASE WHEN d.op = 0 AND d.kind NOT IN (10, 11, 12, 13, 19) THEN d.body END FROM done d
    )
    SELECT coalesce(array_agg(w.ord), '{}') INTO _missed
    FROM w WHERE w.op = 1 AND NOT EXISTS (SELECT FROM done d WHERE d.ord = w.ord);
    INSERT INTO atelier.commits(first, last, group_id, epoch, revisions, missed)
    VALUES (_head + 1, _last, _group, _epoch, _revisions, _missed);
  END IF;

  head := _head;
  revisions := _revisions;
  missed := _missed;
  RETURN NEXT;
  IF _head > _applied THEN
    RETURN QUERY SELECT NULL::bigint, NULL::bigint[], NULL::int[], c.revision, c.op, c.kind, c.key,
      c.body FROM atelier.changes c WHERE c.revision > _applied AND c.revision <= _head
      ORDER BY c.revision, c.ord;
  END IF;
END $$;
)sql",
    R"sql(
-- A server that runs with the functions of before would be cut off.
DO $$ DECLARE _name text; BEGIN
  SELECT s.name INTO _name FROM atelier.server s WHERE s.until > clock_timestamp();
  IF FOUND THEN
    RAISE EXCEPTION 'another server uses it, of an older version: %', _name USING ERRCODE = 'AT003';
  END IF;
END $$;

-- One row a server, by `owner`. Where one is not `shared`, no other is alive.
ALTER TABLE atelier.server DROP COLUMN one;
ALTER TABLE atelier.server RENAME TO servers;
DELETE FROM atelier.servers WHERE life = '';
ALTER TABLE atelier.servers ADD PRIMARY KEY (owner), ADD COLUMN shared boolean NOT NULL DEFAULT false;

-- Commits a group of batches, as before, by a server among several: `_life` is its own, and
-- `head_group` ends at `head`. Raises AT001 if this connection may write no more, and AT002 if the
-- others' changes after `_applied` are too many to be returned: atelier.changes_after returns them.
DROP FUNCTION atelier.commit_group;
CREATE FUNCTION atelier.commit_group(_life text, _epoch bigint, _lease interval, _group uuid, _applied bigint,
  _batches int, _batch int[], _op smallint[], _kind smallint[], _key bytea[], _body bytea[], _expected bigint[])
RETURNS TABLE(head bigint, head_group uuid, revisions bigint[], missed int[], revision bigint, op smallint,
  kind smallint, key bytea, body bytea)
LANGUAGE plpgsql
-- The tables grow faster than their statistics: always by index, and never a plan for each call.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
  _until timestamptz;
  _head bigint;
  _head_group uuid;
  _last bigint;
  _refused int[];
  _revisions bigint[] := '{}';
  _missed int[] := '{}';
BEGIN
  SELECT s.until INTO _until FROM atelier.servers s WHERE s.life = _life AND s.epoch = _epoch;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this connection may write no more' USING ERRCODE = 'AT001';
  END IF;
  IF _until < clock_timestamp() + _lease * 0.7 THEN
    UPDATE atelier.servers s SET until = clock_timestamp() + _lease WHERE s.life = _life;
  END IF;
  SELECT c.last, c.group_id INTO _head, _head_group
  FROM atelier.commits c ORDER BY c.first DESC LIMIT 1;
  _head := coalesce(_head, 0);
  IF _head > _applied + 1000 THEN
    RAISE EXCEPTION 'this server is far behind the others' USING ERRCODE = 'AT002';
  END IF;
  _last := _head;

  SELECT array_agg(DISTINCT w.batch) INTO _refused
  FROM unnest(_batch, _kind, _key, _expected) AS w(batch, kind, key, expected)
  LEFT JOIN atelier.records r ON r.kind = w.kind AND r.key = w.key
  WHERE w.expected >= 0 AND coalesce(r.revision, 0) <> w.expected;
  FOR _n IN 1 .. _batches LOOP
    IF _n = ANY(_refused) THEN
      _revisions[_n] := 0;
    ELSE
      _last := _last + 1;
      _revisions[_n] := _last;
    END IF;
  END LOOP;

  IF _last > _head THEN
    -- All parts of one statement see the records as they were before it.
    WITH w AS MATERIALIZED (
      SELECT w.ord::int AS ord, _revisions[w.batch] AS revision, w.op, w.kind, w.key, w.body,
        lag(w.op) OVER (PARTITION BY w.kind, w.key ORDER BY w.ord) AS before,
        lead(w.op) OVER (PARTITION BY w.kind, w.key ORDER BY w.ord) IS NULL AS final
      FROM unnest(_batch, _op, _kind, _key, _body) WITH ORDINALITY
        AS w(batch, op, kind, key, body, ord)
      WHERE w.op < 2 AND _revisions[w.batch] > 0
    ), done AS MATERIALIZED (
      SELECT * FROM w WHERE w.op = 0 OR w.before = 0 OR (w.before IS NULL AND EXISTS (
        SELECT FROM atelier.records r WHERE r.kind = w.kind AND r.key = w.key))
    ), put AS (
      INSERT INTO atelier.records AS r (kind, key, revision, body)
      SELECT w.kind, w.key, w.revision, w.body FROM w WHERE w.final AND w.op = 0
      ON CONFLICT (kind, key) DO UPDATE SET revision = excluded.revision, body = excluded.body
    ), removed AS (
      DELETE FROM atelier.records r USING w
      WHERE w.final AND w.op = 1 AND r.kind = w.kind AND r.key = w.key
    ), told AS (
      -- No read model shows steps, events, client tokens and audit records: without the body.
      INSERT INTO atelier.changes(revision, ord, op, kind, key, body)
      SELECT d.revision, d.ord, d.op, d.kind, d.key,
        CASE WHEN d.op = 0 AND d.kind NOT IN (10, 11, 12, 13, 19) THEN d.body END FROM done d
    )
    SELECT coalesce(array_agg(w.ord), '{}') INTO _missed
    FROM w WHERE w.op = 1 AND NOT EXISTS (SELECT FROM done d WHERE d.ord = w.ord);
    INSERT INTO atelier.commits(first, last, group_id, epoch, revisions, missed)
    VALUES (_head + 1, _last, _group, _epoch, _revisions, _missed);
  END IF;

  head := _head;
  head_group := _head_group;
  revisions := _revisions;
  missed := _missed;
  RETURN NEXT;
  IF _head > _applied THEN
    RETURN QUERY SELECT NULL::bigint, NULL::uuid, NULL::bigint[], NULL::int[], c.revision, c.op, c.kind, c.key,
      c.body FROM atelier.changes c WHERE c.revision > _applied AND c.revision <= _head
      ORDER BY c.revision, c.ord;
  END IF;
END $$;

-- What was committed after the group `_group`, which ends at `_applied`: `_max` changes, and the
-- rest of the group in which they end. All of it is as of one moment, so none is missing.
--
-- The first row tells how far it is (up to `upto`, where `upto_group` ends; the last commit is
-- `head`), whether the server `_life` still has a part in the database (`ours`), and the state: ok;
-- back: there is no such group; behind: changes after it are no longer kept; hole: a commit is
-- missing, which cannot be. The others are the changes, if the state is ok.
CREATE FUNCTION atelier.changes_after(_life text, _applied bigint, _group uuid, _max int)
RETURNS TABLE(state text, ours boolean, head bigint, upto bigint, upto_group uuid, revision bigint,
  op smallint, kind smallint, key bytea, body bytea)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
  _at bigint;
  _at_group uuid;
  _count bigint;
  _full bigint;
BEGIN
  ours := EXISTS (SELECT FROM atelier.servers s WHERE s.life = _life);
  SELECT c.last, c.group_id INTO head, upto_group
  FROM atelier.commits c ORDER BY c.first DESC LIMIT 1;
  head := coalesce(head, 0);
  upto := head;
  SELECT c.last, c.group_id INTO _at, _at_group
  FROM atelier.commits c WHERE c.first <= greatest(_applied, 1) ORDER BY c.first DESC LIMIT 1;
  state := CASE
    WHEN head < _applied THEN 'back'
    WHEN _at IS NULL AND head > _applied THEN 'behind'
    WHEN _applied > 0 AND (_at <> _applied OR _at_group <> _group) THEN 'back'
    ELSE 'ok' END;
  IF state = 'ok' AND head > _applied THEN
    SELECT count(*), max(t.revision) INTO _count, _full FROM (SELECT c.revision
      FROM atelier.changes c WHERE c.revision > _applied ORDER BY c.revision, c.ord LIMIT _max) t;
    IF _count >= _max THEN
      SELECT c.last, c.group_id INTO upto, upto_group
      FROM atelier.commits c WHERE c.first <= _full ORDER BY c.first DESC LIMIT 1;
    END IF;
    SELECT sum(c.last - c.first + 1) INTO _count
    FROM atelier.commits c WHERE c.first > _applied AND c.first <= upto;
    IF _count IS DISTINCT FROM upto - _applied THEN
      state := 'hole';
    END IF;
  END IF;
  RETURN NEXT;
  IF state = 'ok' AND head > _applied THEN
    RETURN QUERY SELECT NULL::text, NULL::boolean, NULL::bigint, NULL::bigint, NULL::uuid,
      c.revision, c.op, c.kind, c.key, c.body
      FROM atelier.changes c WHERE c.revision > _applied AND c.revision <= upto
      ORDER BY c.revision, c.ord;
  END IF;
END $$;
)sql",
};

}  // namespace atelier::store::postgres
