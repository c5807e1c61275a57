import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;

public class PaymentsTest {
    static KafkaSink<String> sink() {
        return KafkaSink.<String>builder()
            .setBootstrapServers("kafka:9092")
            .setRecordSerializer(serializer())
            .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
            .build();
    }
}
