-- Rows in bulk, as a desk of some years has them: most cases are ended, half of all wait for a group.
BEGIN;
SET LOCAL session_replication_role = replica;  -- no triggers: that every reference fits is plain below
INSERT INTO desk_setting (code, value) VALUES ('AgentSight', '"OWN_GROUPS"')
    ON CONFLICT (code) DO UPDATE SET value = excluded.value;
UPDATE desk_case SET registered_at = registered_at - interval '9 years';

INSERT INTO desk_group (id, name) SELECT 1000 + i, 'Group ' || i FROM generate_series(1, 10) i;
INSERT INTO group_member (user_id, group_id) SELECT :agent, 1000 + i FROM generate_series(1, 3) i;
INSERT INTO account (id, name, name_key, words, version)
    SELECT 1000 + i, 'Company ' || i, 'company ' || i, ' company ' || i, 1 FROM generate_series(1, :accounts) i;
INSERT INTO desk_user (id, name, name_key, email, role, time_zone, active, words)
    SELECT 1000 + i, 'Agent ' || i, 'agent ' || i, 'agent' || i || '@desk.example', 'AGENT', '', true, ' agent ' || i
    FROM generate_series(1, :users) i;
INSERT INTO contact (id, name, name_key, email, account_id, words, version)
    SELECT 1000 + i, 'Contact ' || lpad(i::text, 6, '0'), 'contact ' || lpad(i::text, 6, '0'),
        'contact' || i || '@customer.example', 1001 + i % :accounts, ' contact ' || lpad(i::text, 6, '0'), 1
    FROM generate_series(1, :contacts) i;

-- One case in 20 is of the first 20 contacts, so that each of these has many.
INSERT INTO desk_case (id, number, subject, description, status_id, priority, category_id, origin, contact_id,
        account_id, assignee_id, assignee_group_id, support_line_id, resolution, resolved_at, ended_at, registered_at,
        changed_at, version, customer_changed_at, customer_version, words)
    SELECT 1000 + i, 'B' || lpad(i::text, 8, '0'), 'Printer ' || i || ' does not print on Mondays',
        repeat('It did until last week. ', 20), CASE WHEN ended THEN final[1 + i % 2] ELSE open[1 + i % 5] END,
        1 + i * 11 % 4, like_case.category_id, 'CALL', 1000 + c, 1001 + c % :accounts,
        CASE WHEN i % 4 > 0 THEN 1001 + i * 17::bigint % :users END,
        CASE WHEN i * 7::bigint % 25 < 12 THEN 1001 + i / 3 % 10 END, like_case.support_line_id,
        CASE WHEN ended THEN 'A new fuse.' END, CASE WHEN ended THEN at END, CASE WHEN ended THEN at END,
        at, at, 1, at, 1, ' printer ' || i || ' does not print on mondays'
    FROM generate_series(1, :cases) i,
        LATERAL (SELECT now() - (:cases - i) * interval '1 minute' AS at, i < :cases * 0.8 AS ended,
            CASE WHEN i % 20 = 0 THEN 1 + i / 20 % 20 ELSE 1 + i * 31::bigint % :contacts END AS c) each_one,
        (SELECT category_id, support_line_id FROM desk_case ORDER BY id LIMIT 1) like_case,
        (SELECT array_agg(id) FILTER (WHERE is_final) AS final, array_agg(id) FILTER (WHERE NOT is_final) AS open
            FROM case_status) status;

-- Entries of three kinds in turn; 20 cases that the agent sees have 40 more each.
CREATE TEMPORARY TABLE said ON COMMIT DROP AS
    SELECT row_number() OVER () AS i, case_id FROM (
        SELECT 1001 + i % :cases AS case_id FROM generate_series(1, :entries) i
        UNION ALL
        SELECT id FROM (SELECT id FROM desk_case WHERE id > 1000 AND assignee_group_id IS NULL ORDER BY id DESC LIMIT 20)
            seen, generate_series(1, 40)
    ) all_of_them;
INSERT INTO feed_post (id, case_id, body, words)
    SELECT 1000 + i, case_id, 'Post ' || i || ': the fuse is in the second cabinet on the left, behind the panel.', ''
    FROM said WHERE i % 3 = 0;
INSERT INTO portal_message (id, case_id, body, words)
    SELECT 1000 + i, case_id, 'Message ' || i || ': it still does not print, and the lamp is red.', ''
    FROM said WHERE i % 3 = 1;
INSERT INTO entry (id, case_id, thread_id, kind, audience, at, actor_user_id, actor_contact_id, actor_name, payload,
        feed_post_id, portal_message_id)
    SELECT 1000 + i, case_id, case_id, (ARRAY['FeedPost', 'PortalMessage', 'CaseStatusChanged'])[1 + i % 3],
        CASE i % 3 WHEN 0 THEN 'STAFF' ELSE 'CUSTOMER' END, now() - interval '2 years' + i * interval '1 second',
        CASE WHEN i % 6 <> 1 THEN 1001 + i * 3 % :users END, CASE WHEN i % 6 = 1 THEN c.contact_id END,
        CASE WHEN i % 6 <> 1 THEN 'Agent ' || 1 + i * 3 % :users END,
        CASE WHEN i % 3 = 2 THEN jsonb_build_object('from', jsonb_build_object('id', former.id, 'name', former.name),
            'to', jsonb_build_object('id', later.id, 'name', later.name), 'reason', NULL) ELSE '{}' END,
        CASE WHEN i % 3 = 0 THEN 1000 + i END, CASE WHEN i % 3 = 1 THEN 1000 + i END
    FROM said JOIN desk_case c ON c.id = case_id
        JOIN case_status former ON former.code = 'NEW' JOIN case_status later ON later.code = 'IN_PROGRESS';

SELECT setval(pg_get_serial_sequence(name, 'id'), 10000000)
    FROM unnest(ARRAY['account', 'contact', 'desk_user', 'desk_group', 'desk_case', 'feed_post', 'portal_message']) name;
SELECT setval('entry_id_seq', (SELECT max(id) FROM entry));

-- Where the peers post to: the desk's log is the desk's own.
CREATE TABLE peer_post (id bigserial PRIMARY KEY, case_id int NOT NULL REFERENCES desk_case, at timestamptz NOT NULL,
    actor_user_id int NOT NULL REFERENCES desk_user, body text NOT NULL);
CREATE INDEX ON peer_post (case_id, id);
COMMIT;
