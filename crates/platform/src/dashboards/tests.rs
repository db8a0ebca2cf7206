use millrace_model::entity::{Customer, DashboardInfo};

use super::*;
use crate::fixture::Fixture;

fn sent(title: &str) -> SentDashboard {
    let body = format!(r#"{{"title":"{title}","configuration":{{"a":1.0}}}}"#);
    SentDashboard::parse(body.as_bytes()).unwrap()
}

fn titles(page: PageData<DashboardInfo>) -> Vec<String> {
    page.data.into_iter().map(|info| info.title).collect()
}

#[test]
fn a_customer_sees_what_is_its_own_or_assigned_and_no_more() {
    let fixture = Fixture::new();
    let dashboards = Dashboards::new(fixture.records.clone());
    let customers = crate::devices::Customers::new(fixture.records.clone());
    let admin = fixture.admin;
    let customer = Customer {
        title: "c".to_owned(),
        ..Customer::default()
    };
    let customer = customers.save(&admin, customer).unwrap().id.unwrap();
    let person = Scope {
        customer: Some(customer.0),
        authority: millrace_model::entity::Authority::CustomerUser,
        ..admin
    };
    let shared = dashboards.save(&admin, sent("shared"), &[]).unwrap();
    let hidden = dashboards.save(&admin, sent("hidden"), &[]).unwrap();
    let mut own = sent("own");
    own.info.customer_id = Some(customer);
    dashboards.save(&admin, own, &[]).unwrap();

    let id = shared.info.id.unwrap();
    dashboards.assign(&admin, id, customer, true).unwrap();
    let page = PageLink::first(10);
    let seen = dashboards.page(&person, false, false, &page).unwrap();
    assert_eq!(titles(seen), ["shared", "own"]);
    assert!(dashboards.get(&person, id).is_ok());
    assert!(dashboards.get(&person, hidden.info.id.unwrap()).is_err());

    // A save neither takes the assignment away nor the content that it does not name.
    let mut again = sent("shared too");
    again.info.id = Some(id);
    again.content = content::Content::default();
    let saved = dashboards.save(&admin, again, &[]).unwrap();
    assert_eq!(saved.info.assigned_customers.len(), 1);
    assert_eq!(saved.configuration.unwrap().get(), r#"{"a":1.0}"#);

    dashboards.assign(&admin, id, customer, false).unwrap();
    let seen = dashboards.page_of_customer(&person, customer, &page);
    assert_eq!(titles(seen.unwrap()), ["own"]);
    customers.delete(&admin, customer).unwrap();
    let own = dashboards.page(&admin, true, false, &page).unwrap();
    assert_eq!(own.total_elements, 3);
}

#[test]
fn the_tenants_home_greets_until_it_is_gone() {
    let fixture = Fixture::new();
    let dashboards = Dashboards::new(fixture.records.clone());
    let admin = fixture.admin;
    assert_eq!(dashboards.home_info(&admin).unwrap(), None);
    let id = dashboards.save(&admin, sent("home"), &[]).unwrap().info.id;
    let home = HomeDashboardInfo {
        dashboard_id: id,
        hide_dashboard_toolbar: true,
    };
    dashboards.set_tenant_home(&admin, home).unwrap();
    assert_eq!(dashboards.home_info(&admin).unwrap(), Some(home));
    let greeted = dashboards.home(&admin).unwrap().unwrap();
    assert_eq!(greeted.dashboard.info.title, "home");
    dashboards.delete(&admin, id.unwrap()).unwrap();
    assert!(dashboards.home(&admin).unwrap().is_none());
}

#[test]
fn visits_and_stars_are_kept_for_each_person() {
    let fixture = Fixture::new();
    let dashboards = Dashboards::new(fixture.records.clone());
    let admin = fixture.admin;
    let save = |title| dashboards.save(&admin, sent(title), &[]).unwrap().info.id;
    let (first, second) = (save("first").unwrap(), save("second").unwrap());
    for id in [first, second] {
        let action = DashboardAction::Visit;
        dashboards.note(&admin, id, action).unwrap();
    }
    let kept = dashboards
        .note(&admin, first, "star".parse().unwrap())
        .unwrap();
    let visited: Vec<_> = kept.last.iter().map(|visit| &*visit.title).collect();
    assert_eq!(visited, ["second", "first"]);
    assert!(kept.last[1].starred && !kept.last[0].starred);
    dashboards.delete(&admin, first).unwrap();
    let kept = dashboards.of_user(&admin).unwrap();
    assert_eq!((kept.last.len(), kept.starred.len()), (1, 0));
}
