//! A process that dies between journal and acknowledgement, and comes back.

use millrace_link::{LinkEvent, LinkStart, MqttVersion, QoS, TopicFilter};
use millrace_testbed::Mosquitto;

use crate::acknowledge::commit_in_background;
use crate::owner::{Journal, Owned, config};

fn all() -> [TopicFilter; 1] {
    [TopicFilter::new("t/#", QoS::AtLeastOnce)]
}

#[tokio::test]
async fn a_restarted_process_recognises_what_it_had_journaled() {
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = Mosquitto::anonymous().await;
        let mut cfg = config(broker.port(), "reborn", &all());
        cfg.version = version;
        let first = Owned::start_from(cfg.clone(), LinkStart::default(), Journal::new(false));
        first.events.subscribed_filters(1).await;
        let other = Owned::start(config(broker.port(), "other", &[])).await;
        for n in 0..4 {
            let sent = other
                .link
                .publish("t/x", n.to_string(), QoS::AtLeastOnce, false, None);
            sent.await.expect("published");
        }
        first.journal.until(4).await;
        // In the journal, not acknowledged: the process dies without a goodbye.
        let start = first.journal.restore(&first.events);
        assert_eq!(start.redelivery.len(), 4);
        assert_eq!((start.epoch, start.next_position), (1, 5));
        drop(first.link);
        let sent = other
            .link
            .publish("t/x", "4", QoS::AtLeastOnce, false, None);
        sent.await.expect("published");
        let second = Owned::start_from(cfg, start, Journal::new(true));
        second.journal.until(1).await;
        assert_eq!(second.journal.payloads(), ["4"]);
        assert_eq!(second.journal.messages()[0].position, 5);
        let status = second.until_status(|s| s.in_flight == 0).await;
        assert_eq!((status.duplicates, status.received), (4, 1));
        assert_eq!(
            second
                .events
                .count(|e| matches!(e, LinkEvent::Subscribed { .. })),
            0
        );
        // All five were acknowledged on the new connection.
        second
            .events
            .until(1, |e| *e == LinkEvent::Confirmed { position: 5 })
            .await;
    }
}

#[tokio::test]
async fn without_the_stored_table_they_run_again_rather_than_being_lost() {
    let broker = Mosquitto::anonymous().await;
    let cfg = config(broker.port(), "amnesia", &all());
    let first = Owned::start_from(cfg.clone(), LinkStart::default(), Journal::new(false));
    first.events.subscribed_filters(1).await;
    first
        .link
        .publish("t/x", "again", QoS::AtLeastOnce, false, None)
        .await
        .expect("published");
    first.journal.until(1).await;
    drop(first.link);
    let second = Owned::start_from(cfg, LinkStart::default(), Journal::new(true));
    second.journal.until(1).await;
    assert!(second.journal.messages()[0].dup);
}

#[tokio::test]
async fn confirmed_messages_leave_the_table() {
    let broker = Mosquitto::anonymous().await;
    let owned = Owned::start(config(broker.port(), "confirmed", &all())).await;
    for n in 0..3 {
        let sent = owned
            .link
            .publish("t/x", n.to_string(), QoS::AtLeastOnce, false, None);
        sent.await.expect("published");
    }
    owned
        .events
        .until(1, |e| *e == LinkEvent::Confirmed { position: 3 })
        .await;
    let status = owned.until_status(|s| s.unconfirmed == 0).await;
    assert_eq!(status.in_flight, 0);
    assert!(owned.journal.restore(&owned.events).redelivery.is_empty());
}

/// One thread for everything, so that a dropped link has taken nothing more when the test looks.
#[tokio::test]
async fn processes_killed_again_and_again_under_load_lose_and_double_nothing() {
    const MESSAGES: usize = 10_000;
    for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
        let broker = Mosquitto::anonymous().await;
        let mut cfg = config(broker.port(), "killed-often", &all());
        cfg.version = version;
        let journal = Journal::new(false);
        let committer = commit_in_background(&journal);
        let mut owned = Owned::start_from(cfg.clone(), LinkStart::default(), journal.clone());
        owned.events.subscribed_filters(1).await;
        let other = Owned::start(config(broker.port(), "sender", &[])).await;
        let sender = tokio::spawn(async move {
            for n in 0..MESSAGES {
                let topic = format!("t/{}", n % 3);
                let sent =
                    other
                        .link
                        .publish(&topic, (n % 5).to_string(), QoS::AtLeastOnce, false, None);
                sent.await.expect("published");
            }
        });
        let mut subscribed = owned.events.subscribed();
        let (mut kills, mut duplicates) = (0, 0);
        while !sender.is_finished() {
            let before = journal.count();
            journal.until((before + 500).min(MESSAGES)).await;
            duplicates += owned.link.status().duplicates;
            drop(owned.link);
            let mut start = journal.restore(&owned.events);
            // Told once, by the first process; kept by the owner.
            start.subscribed = subscribed.clone();
            owned = Owned::start_from(cfg.clone(), start, journal.clone());
            owned.events.connected(1).await;
            let told = owned.events.subscribed();
            if !told.is_empty() {
                subscribed = told;
            }
            kills += 1;
        }
        sender.await.expect("sent");
        journal.until(MESSAGES).await;
        owned.until_status(|s| s.in_flight == 0).await;
        assert!(
            kills > 5 && duplicates > 0,
            "{kills} kills, {duplicates} duplicates"
        );
        let expected: Vec<String> = (0..MESSAGES).map(|n| (n % 5).to_string()).collect();
        assert!(journal.payloads() == expected, "order or number differ");
        journal.close();
        committer.join().expect("committer");
    }
}
