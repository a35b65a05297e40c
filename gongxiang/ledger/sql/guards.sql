-- The journal only grows: nobody changes, deletes or truncates what was posted (I-3).
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING HINT = 'post a correcting entry', ERRCODE = 'insufficient_privilege';
END
$$;

-- What one statement posts sums to 0 in every batch and unit (I-1); unit = account / 100.
CREATE FUNCTION ledger_refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT batch_id, leg % 1000 / 100 AS unit,
           sum(coalesce(credit, 0)) - sum(coalesce(debit, 0)) AS difference
      INTO wrong FROM added GROUP BY 1, 2
    HAVING sum(coalesce(credit, 0)) <> sum(coalesce(debit, 0)) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'batch % does not balance in unit %: %',
            wrong.batch_id, wrong.unit, wrong.difference USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_unbalanced();

CREATE PROCEDURE ledger_protect(tables text[]) LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY tables LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', name || '_grows', name);
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongxiang_app') THEN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM gongxiang_app', name);
        END IF;
    END LOOP;
END
$$;

CALL ledger_protect(ARRAY['ledger_batch', 'ledger_posting', 'ledger_seal']);
