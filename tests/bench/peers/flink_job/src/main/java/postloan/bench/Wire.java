package postloan.bench;

import com.alibaba.fastjson2.JSON;

/** The wire form: every field decoded, then checked. Names are those of the JSON. */
public class Wire {
    public String event_id, cardholder_id, kind, type, currency, merchant_id, mcc, channel, country, city, payer, bureau;
    public Long ts, amount, min_due, total_debt, income;
    public Integer inquiries_3m, small_loan_overdue;

    public static Event decode(byte[] bytes) {
        Wire w = JSON.parseObject(bytes, Wire.class);
        need(w != null && present(w.event_id) && present(w.cardholder_id) && w.kind != null && natural(w.ts));
        Event e = new Event();
        e.id = w.event_id;
        e.cardholder = w.cardholder_id;
        e.ts = w.ts;
        switch (w.kind) {
            case "transaction":
                need(natural(w.amount) && w.type != null && w.currency != null);
                e.kind = Event.TRANSACTION;
                e.amount = w.amount;
                e.cash = w.type.equals("cash");
                break;
            case "repayment":
                need(natural(w.amount) && natural(w.min_due) && w.currency != null);
                e.kind = Event.REPAYMENT;
                e.amount = w.amount;
                e.minDue = w.min_due;
                break;
            case "bureau":
                need(w.inquiries_3m != null && w.small_loan_overdue != null && w.total_debt != null && w.income != null);
                e.kind = Event.BUREAU;
                e.inquiries = w.inquiries_3m;
                e.smallOverdue = w.small_loan_overdue;
                e.debt = w.total_debt;
                e.income = w.income;
                break;
            default:
                need(false);
        }
        return e;
    }

    private static boolean present(String text) {
        return text != null && !text.isEmpty();
    }

    private static boolean natural(Long number) {
        return number != null && number >= 0;
    }

    private static void need(boolean holds) {
        if (!holds) throw new IllegalArgumentException("bad event");
    }
}
