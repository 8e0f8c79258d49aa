-- What PostGraphile cannot say by tables alone: who asks, and the cases of his sight.
CREATE OR REPLACE FUNCTION seen_cases() RETURNS SETOF desk_case LANGUAGE sql STABLE AS $$
    SELECT * FROM desk_case WHERE assignee_id = current_setting('bench.user_id')::int OR assignee_group_id IS NULL
        OR assignee_group_id = ANY(current_setting('bench.groups')::int[])
    ORDER BY registered_at DESC, id DESC
$$;
CREATE OR REPLACE FUNCTION open_cases() RETURNS SETOF desk_case LANGUAGE sql STABLE AS $$
    SELECT * FROM seen_cases() WHERE status_id NOT IN (SELECT id FROM case_status WHERE is_final)
    ORDER BY registered_at DESC, id DESC
$$;
CREATE OR REPLACE FUNCTION seen_case(case_id int) RETURNS desk_case LANGUAGE sql STABLE AS $$
    SELECT * FROM seen_cases() WHERE id = case_id
$$;
CREATE OR REPLACE FUNCTION contact_seen_cases(contact contact) RETURNS SETOF desk_case LANGUAGE sql STABLE AS $$
    SELECT * FROM seen_cases() WHERE contact_id = contact.id ORDER BY registered_at DESC, id DESC
$$;
CREATE OR REPLACE FUNCTION viewer() RETURNS desk_user LANGUAGE sql STABLE AS $$
    SELECT * FROM desk_user WHERE id = current_setting('bench.user_id')::int
$$;
CREATE OR REPLACE FUNCTION post_to_feed(case_id int, body text) RETURNS peer_post LANGUAGE sql VOLATILE AS $$
    INSERT INTO peer_post (case_id, at, actor_user_id, body)
    SELECT id, now(), current_setting('bench.user_id')::int, body FROM seen_case(case_id) RETURNING *
$$;
