package postloan.bench;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The work on each event; gives out (cardholder, record) where a rule hits or the score is high. */
public class Assess extends KeyedProcessFunction<String, Event, Tuple2<String, byte[]>> {
    private final TypeInformation<State> type;
    private transient ValueState<State> state;
    private transient double[] features;
    private transient StringBuilder text;

    Assess(TypeInformation<State> type) {
        this.type = type;
    }

    @Override
    public void open(OpenContext context) {
        state = getRuntimeContext().getState(new ValueStateDescriptor<>("cardholder", type));
        features = new double[Work.FEATURES];
        text = new StringBuilder(256);
    }

    @Override
    public void processElement(Event event, Context context, Collector<Tuple2<String, byte[]>> out) throws Exception {
        State held = state.value();
        if (held == null) held = new State();
        Work.update(held, event);
        state.update(held);
        Work.features(held, event.ts, features);
        int hits = Work.rules(held, features);
        double score = Work.score(features);
        if (hits != 0 || score > Work.THRESHOLD) out.collect(Tuple2.of(event.cardholder, record(event, hits, score)));
        Marks.tick();
    }

    private byte[] record(Event event, int hits, double score) {
        text.setLength(0);
        text.append("{\"cardholder_id\":\"").append(event.cardholder);
        text.append("\",\"event_id\":\"").append(event.id).append("\",\"rules\":[");
        int first = text.length();
        if ((hits & Work.SMALL_LOAN_OVERDUE) != 0) text.append(",\"small_loan_overdue\"");
        if ((hits & Work.MINIMUM_PAYMENT) != 0) text.append(",\"minimum_payment\"");
        if ((hits & Work.HIGH_DEBT) != 0) text.append(",\"high_debt\"");
        if (hits != 0) text.deleteCharAt(first);
        text.append("],\"score\":").append(score).append('}');
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
