"""Scores rollouts: external_scorer.py NAME BOOTSTRAP_SERVERS REGISTRY_URL; needs pip install "confluent-kafka[avro]".

It ends at any failure. Started again, it goes on after its last commit; what it scores twice counts once.
"""
import sys
from datetime import datetime, timezone

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError

name, brokers, registry_url = sys.argv[1:]


def score(rollout):
    return -float(len(rollout["responseTokenIds"]))  # raise ValueError("why") if it cannot be scored


registry = SchemaRegistryClient({"url": registry_url})
decode = AvroDeserializer(registry)
encode = AvroSerializer(registry, conf={"auto.register.schemas": False, "use.latest.version": True})
scores = SerializationContext("rlhf.scores", MessageField.VALUE)
producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True})
consumer = Consumer({"bootstrap.servers": brokers, "group.id": "rlhf.scorer-" + name,
                     "auto.offset.reset": "earliest", "enable.auto.commit": False})
consumer.subscribe(["rlhf.rollouts"])
while True:
    messages = consumer.consume(100, timeout=0.2)
    undelivered = []
    for message in messages:
        if message.error():
            raise KafkaException(message.error())
        try:
            rollout = decode(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
        except SerializationError:
            continue  # it is not a rollout: the controller says so, once
        event = {"rolloutId": rollout["rolloutId"], "requestId": rollout["requestId"], "scorer": name,
                 "scoredAt": datetime.now(timezone.utc)}
        try:
            event["value"] = score(rollout)
        except ValueError as error:
            event["failure"] = str(error)
        producer.produce(scores.topic, encode(event, scores), rollout["requestId"], message.partition(),
                         on_delivery=lambda error, _: undelivered.append(error) if error else None)
    producer.flush()
    if undelivered:
        raise KafkaException(undelivered[0])
    if messages:
        consumer.commit(asynchronous=False)
