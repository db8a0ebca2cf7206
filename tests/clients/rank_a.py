"""The calls that the tutorials need, each with the test that proves its answer to be no constant.

In each of these tests one client writes, another reads, and the answer of before is not the answer of after.
`test_rank_a.py` holds the table against the tests, against what they really asked, and against the list of the API
where that lies beside the project.
"""

from typing import NamedTuple


class Row(NamedTuple):
    call: str
    """Method and path."""
    test: str
    """The test, in the file of this module's name with the area behind it."""
    method: str | None
    """What the package calls it. Nothing: the package has no WebSocket, and a plain client speaks."""
    older: str | None = None
    """What the older package asks instead, where that is another path."""

    def path(self, generation):
        """What the package of this generation asks."""
        return self.older if self.older and generation == "4.3" else self.call.split(" ")[1]


TELEMETRY = "/api/plugins/telemetry/{entityType}/{entityId}"

ROWS = [
    Row("POST /api/auth/login", "users::test_a_password_opens_from_when_it_is_set_until_it_is_replaced", "login"),
    Row("POST /api/auth/token",
        "users::test_a_refreshed_token_knows_the_new_name_and_none_is_given_to_who_is_locked_out", "refresh"),
    Row("GET /api/auth/user", "users::test_the_signed_in_user_is_who_the_account_says", "get_user"),
    Row("POST /api/device", "devices::test_the_package_makes_changes_and_removes_a_device", "save_device"),
    Row("GET /api/device/info/{deviceId}", "devices::test_a_new_label_is_seen_wherever_the_package_looks",
        "get_device_info_by_id"),
    Row("DELETE /api/device/{deviceId}", "devices::test_the_package_makes_changes_and_removes_a_device",
        "delete_device"),
    Row("GET /api/device/{deviceId}", "devices::test_a_new_label_is_seen_wherever_the_package_looks",
        "get_device_by_id"),
    Row("GET /api/device/{deviceId}/credentials", "devices::test_a_new_token_is_seen_by_the_package",
        "get_device_credentials_by_device_id"),
    Row("GET /api/deviceInfos/all", "devices::test_a_new_label_is_seen_wherever_the_package_looks",
        "get_all_device_infos"),
    Row("GET /api/tenant/device", "devices::test_a_new_label_is_seen_wherever_the_package_looks",
        "get_tenant_device", "/api/tenant/devices"),
    Row("GET /api/tenant/devices", "devices::test_a_new_label_is_seen_wherever_the_package_looks",
        "get_tenant_devices"),
    Row("GET /api/user/devices", "devices::test_a_new_label_is_seen_wherever_the_package_looks", "get_user_devices"),
    Row("POST /api/converter", "converters::test_the_package_makes_changes_and_removes_a_converter",
        "save_converter"),
    Row("POST /api/converter/testDownLink",
        "converters::test_a_try_of_a_downlink_answers_by_message_and_by_the_stored_script",
        "test_down_link_converter"),
    Row("POST /api/converter/testUpLink",
        "converters::test_a_try_of_an_uplink_answers_by_payload_and_by_the_stored_script", "test_up_link_converter"),
    Row("DELETE /api/converter/{converterId}", "converters::test_the_package_makes_changes_and_removes_a_converter",
        "delete_converter"),
    Row("GET /api/converter/{converterId}", "converters::test_a_new_script_is_seen_wherever_the_package_looks",
        "get_converter_by_id"),
    Row("GET /api/converters", "converters::test_a_new_script_is_seen_wherever_the_package_looks", "get_converters"),
    Row("GET /api/converters/list", "converters::test_a_new_script_is_seen_wherever_the_package_looks",
        "get_converters_by_ids", "/api/converters"),
    Row("POST /api/integration", "integrations::test_the_package_makes_changes_and_removes_an_integration",
        "save_integration"),
    Row("POST /api/integration/check", "integrations::test_a_check_says_whether_there_is_a_broker_now",
        "check_integration_connection"),
    Row("DELETE /api/integration/{integrationId}",
        "integrations::test_the_package_makes_changes_and_removes_an_integration", "delete_integration"),
    Row("GET /api/integration/{integrationId}", "integrations::test_a_new_name_is_seen_wherever_the_package_looks",
        "get_integration_by_id"),
    Row("GET /api/integrationInfos", "integrations::test_a_new_name_is_seen_wherever_the_package_looks",
        "get_integration_infos"),
    Row("GET /api/integrations", "integrations::test_a_new_name_is_seen_wherever_the_package_looks",
        "get_integrations"),
    Row("GET /api/integrations/list", "integrations::test_a_new_name_is_seen_wherever_the_package_looks",
        "get_integrations_by_ids", "/api/integrations"),
    Row(f"POST {TELEMETRY}/attributes/{{scope}}",
        "telemetry::test_attributes_of_the_package_are_read_by_another", "save_entity_attributes_v2"),
    Row(f"GET {TELEMETRY}/keys/timeseries", "telemetry::test_telemetry_of_another_is_read_by_the_package",
        "get_timeseries_keys_v1"),
    Row(f"POST {TELEMETRY}/timeseries/{{scope}}", "telemetry::test_telemetry_of_the_package_is_read_by_another",
        "save_entity_telemetry"),
    Row(f"GET {TELEMETRY}/values/attributes", "telemetry::test_attributes_of_another_are_read_by_the_package",
        "get_attributes"),
    Row(f"GET {TELEMETRY}/values/attributes/{{scope}}",
        "telemetry::test_attributes_of_another_are_read_by_the_package", "get_attributes_by_scope"),
    Row(f"GET {TELEMETRY}/values/timeseries", "telemetry::test_telemetry_of_another_is_read_by_the_package",
        "get_latest_timeseries"),
    Row(f"GET {TELEMETRY}/values/timeseries/history",
        "telemetry::test_telemetry_of_another_is_read_by_the_package", "get_timeseries",
        f"{TELEMETRY}/values/timeseries"),
    Row("POST /api/plugins/rpc/oneway/{deviceId}",
        "broker::test_a_one_way_command_of_the_package_is_what_the_device_hears", "handle_one_way_device_rpc_request"),
    Row("POST /api/plugins/rpc/twoway/{deviceId}",
        "broker::test_a_two_way_command_of_the_package_gives_what_the_device_answers",
        "handle_two_way_device_rpc_request"),
    Row("POST /api/rpc/oneway/{deviceId}", "broker::test_a_one_way_command_of_the_package_is_what_the_device_hears",
        "handle_one_way_device_rpc_request_v1"),
    Row("POST /api/rpc/twoway/{deviceId}",
        "broker::test_a_two_way_command_of_the_package_gives_what_the_device_answers",
        "handle_two_way_device_rpc_request_v1"),
    Row("GET /api/components", "rule_chains::test_the_kinds_of_nodes_are_those_that_chains_take",
        "get_component_descriptors_by_types"),
    Row("POST /api/ruleChain", "rule_chains::test_the_package_makes_changes_and_removes_a_rule_chain",
        "save_rule_chain_v1"),
    Row("POST /api/ruleChain/metadata", "rule_chains::test_the_package_makes_changes_and_removes_a_rule_chain",
        "save_rule_chain_meta_data"),
    Row("POST /api/ruleChain/testScript",
        "rule_chains::test_a_try_of_a_script_answers_by_message_and_by_the_stored_script", "test_script"),
    Row("DELETE /api/ruleChain/{ruleChainId}",
        "rule_chains::test_the_package_makes_changes_and_removes_a_rule_chain", "delete_rule_chain"),
    Row("GET /api/ruleChain/{ruleChainId}", "rule_chains::test_a_new_name_is_seen_wherever_the_package_looks",
        "get_rule_chain_by_id"),
    Row("GET /api/ruleChain/{ruleChainId}/metadata", "rule_chains::test_nodes_of_another_are_seen_by_the_package",
        "get_rule_chain_meta_data"),
    Row("POST /api/ruleChain/{ruleChainId}/root", "rule_chains::test_the_package_makes_another_chain_the_root",
        "set_root_rule_chain"),
    Row("GET /api/ruleChains", "rule_chains::test_a_new_name_is_seen_wherever_the_package_looks", "get_rule_chains"),
    Row("POST /api/events/{entityType}/{entityId}", "broker::test_events_of_a_kind_tell_what_came_and_failed",
        "get_events_post"),
    Row("GET /api/events/{entityType}/{entityId}/{eventType}",
        "broker::test_events_of_a_kind_tell_what_came_and_failed", "get_events_v1_get1"),
    Row("POST /api/dashboard", "dashboards::test_the_package_makes_changes_and_removes_a_dashboard",
        "save_dashboard"),
    Row("GET /api/dashboard/info/{dashboardId}", "dashboards::test_a_new_title_is_seen_wherever_the_package_looks",
        "get_dashboard_info_by_id"),
    Row("DELETE /api/dashboard/{dashboardId}", "dashboards::test_the_package_makes_changes_and_removes_a_dashboard",
        "delete_dashboard"),
    Row("GET /api/dashboard/{dashboardId}", "dashboards::test_new_widgets_are_seen_by_the_package",
        "get_dashboard_by_id"),
    Row("GET /api/tenant/dashboards", "dashboards::test_a_new_title_is_seen_wherever_the_package_looks",
        "get_tenant_dashboards"),
    Row("GET /api/user/dashboards", "dashboards::test_a_new_title_is_seen_wherever_the_package_looks",
        "get_user_dashboards"),
    Row("POST /api/entitiesQuery/find", "telemetry::test_a_query_of_the_package_finds_what_another_wrote",
        "find_entity_data_by_query"),
    Row("PUT /api/notification/{id}/read", "notifications::test_what_the_package_has_read_is_read_for_another",
        "mark_notification_as_read"),
    Row("GET /api/notifications", "notifications::test_a_new_device_of_another_is_in_the_inbox_of_the_package",
        "get_notifications"),
    Row("PUT /api/notifications/read", "notifications::test_what_the_package_has_read_is_read_for_another",
        "mark_all_notifications_as_read"),
    Row("GET /api/notifications/unread/count",
        "notifications::test_a_new_device_of_another_is_in_the_inbox_of_the_package",
        "get_unread_notifications_count"),
    Row("WS /api/ws", "websocket::test_latest_values_and_attributes_are_heard", None),
    Row("WS /api/ws/plugins/telemetry", "websocket::test_latest_values_and_attributes_are_heard", None),
]

_ALARMS = "websocket::test_alarms_are_heard_as_the_package_raises_and_clears_them"
_ENDED = "websocket::test_what_was_ended_is_silent"
_INBOX = "websocket::test_the_inbox_is_heard_as_the_package_fills_and_reads_it"
_VALUES = "websocket::test_values_of_an_entity_are_heard"

COMMANDS = {
    "AUTH": "websocket::test_a_socket_opens_for_a_token_and_for_nothing_else",
    "ATTRIBUTES": _VALUES,
    "TIMESERIES": _VALUES,
    "TIMESERIES_HISTORY": "websocket::test_history_is_what_was_written_until_it_is_asked",
    "ENTITY_DATA": "websocket::test_latest_values_and_attributes_are_heard",
    "ENTITY_DATA latestCmd": "websocket::test_latest_values_and_attributes_are_heard",
    "ENTITY_DATA tsCmd": "websocket::test_a_window_of_points_goes_on_with_each_new_one",
    "ENTITY_DATA historyCmd": "websocket::test_history_is_what_was_written_until_it_is_asked",
    "ENTITY_DATA aggHistoryCmd": "websocket::test_aggregates_of_now_and_before_are_told",
    "ENTITY_DATA aggTsCmd": "websocket::test_new_points_of_an_aggregated_window_are_told_one_by_one",
    "ENTITY_COUNT": "websocket::test_a_count_follows_what_the_package_makes_and_removes",
    "ALARM_DATA": _ALARMS,
    "ALARM_COUNT": _ALARMS,
    "ALARM_STATUS": _ALARMS,
    "NOTIFICATIONS": _INBOX,
    "NOTIFICATIONS_COUNT": _INBOX,
    "MARK_NOTIFICATIONS_AS_READ": _INBOX,
    "MARK_ALL_NOTIFICATIONS_AS_READ": _INBOX,
    "ENTITY_DATA_UNSUBSCRIBE": _ENDED,
    "ENTITY_COUNT_UNSUBSCRIBE": _ENDED,
    "ALARM_DATA_UNSUBSCRIBE": _ENDED,
    "ALARM_COUNT_UNSUBSCRIBE": _ENDED,
    "ALARM_STATUS_UNSUBSCRIBE": _ENDED,
    "NOTIFICATIONS_UNSUBSCRIBE": _ENDED,
}
"""What is said over an open socket, of the current form; the older form of each runs in the same test."""
