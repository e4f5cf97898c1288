package postloan.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Job broker=HOST:PORT in=TOPIC out=TOPIC stops=OFFSET,… backend=hashmap|rocksdb checkpoints=DIR [-Dany.flink.option=value] */
public class Job {
    public static class Decode implements KafkaRecordDeserializationSchema<Event> {
        private final TypeInformation<Event> type;

        Decode(TypeInformation<Event> type) {
            this.type = type;
        }

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Event> out) throws IOException {
            Event event;
            try {
                event = Wire.decode(record.value());
            } catch (RuntimeException refused) {
                Marks.bad++;
                return;
            }
            out.collect(event);
        }

        @Override
        public TypeInformation<Event> getProducedType() {
            return type;
        }
    }

    public static class Encode implements KafkaRecordSerializationSchema<Tuple2<String, byte[]>> {
        private final String topic;

        Encode(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(Tuple2<String, byte[]> hit, KafkaSinkContext context, Long at) {
            return new ProducerRecord<>(topic, null, at, hit.f0.getBytes(StandardCharsets.UTF_8), hit.f1);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> given = new HashMap<>();
        for (String argument : arguments) {
            int at = argument.indexOf('=');
            given.put(argument.substring(0, at), argument.substring(at + 1));
        }
        Marks.step = Long.parseLong(given.get("step"));
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(1, settings(given));
        TypeInformation<Event> events = new PlainType<>(Event.class, new EventSerializer());
        TypeInformation<State> states = new PlainType<>(State.class, new StateSerializer());
        KafkaSource<Event> source = KafkaSource.<Event>builder()
                .setBootstrapServers(given.get("broker")).setTopics(given.get("in")).setGroupId("bench-flink")
                .setStartingOffsets(OffsetsInitializer.earliest()).setBounded(stops(given))
                .setProperty("max.poll.records", "5000").setProperty("max.partition.fetch.bytes", "4194304")
                .setDeserializer(new Decode(events)).build();
        KafkaSink<Tuple2<String, byte[]>> sink = KafkaSink.<Tuple2<String, byte[]>>builder()
                .setBootstrapServers(given.get("broker")).setRecordSerializer(new Encode(given.get("out")))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setProperty("linger.ms", "20").setProperty("batch.size", "131072").build();
        environment.fromSource(source, WatermarkStrategy.noWatermarks(), "in")
                .keyBy(event -> event.cardholder, Types.STRING)
                .process(new Assess(states), Types.TUPLE(Types.STRING, Types.PRIMITIVE_ARRAY(Types.BYTE)))
                .sinkTo(sink);
        environment.execute("bench");
        Marks.report();
        System.exit(0);
    }

    private static OffsetsInitializer stops(Map<String, String> given) {
        Map<TopicPartition, Long> stops = new HashMap<>();
        String[] offsets = given.get("stops").split(",");
        for (int i = 0; i < offsets.length; i++)
            stops.put(new TopicPartition(given.get("in"), i), Long.parseLong(offsets[i]));
        return OffsetsInitializer.offsets(stops);
    }

    private static Configuration settings(Map<String, String> given) {
        Path checkpoints = Path.of(given.get("checkpoints"));
        Configuration settings = new Configuration();
        settings.setString("state.backend.type", given.get("backend"));
        settings.setString("execution.checkpointing.interval", "1s");
        settings.setString("execution.checkpointing.mode", "EXACTLY_ONCE");
        settings.setString("execution.checkpointing.incremental", "true");
        settings.setString("execution.checkpointing.storage", "filesystem");
        settings.setString("execution.checkpointing.dir", checkpoints.toUri().toString());
        settings.setString("state.backend.rocksdb.localdir", checkpoints.resolveSibling("rocks").toString());
        settings.setString("pipeline.object-reuse", "true");
        settings.setString("pipeline.generic-types", "false");
        settings.setString("taskmanager.memory.managed.size", "512m");
        settings.setString("execution.buffer-timeout.interval", "10ms");
        for (Map.Entry<String, String> one : given.entrySet())
            if (one.getKey().startsWith("-D")) settings.setString(one.getKey().substring(2), one.getValue());
        return settings;
    }
}
