package postloan.bench;

/** work.py in Java: the same operations in the same order. */
public final class Work {
    static final int FEATURES = 24;
    static final int SMALL_LOAN_OVERDUE = 1, MINIMUM_PAYMENT = 2, HIGH_DEBT = 4;
    static final double THRESHOLD = 0.97;
    private static final int[] WINDOWS = {1, 7, 30};
    private static final double[] WEIGHTS = new double[FEATURES];
    private static final double BIAS = -1.0;

    static {
        for (int i = 0; i < FEATURES; i++) WEIGHTS[i] = ((i * 37) % 17 - 8) / 40.0;
    }

    static void update(State s, Event e) {
        long t = e.ts;
        switch (e.kind) {
            case Event.TRANSACTION: {
                int d = (int) (t / 86_400_000L);
                int i = d % State.DAYS;
                if (s.day[i] != d) {
                    s.day[i] = d;
                    s.count[i] = s.night[i] = 0;
                    s.sum[i] = s.cash[i] = 0;
                }
                s.count[i]++;
                s.sum[i] += e.amount;
                if (e.cash) s.cash[i] += e.amount;
                if ((t / 3_600_000L) % 24 < 6) s.night[i]++;
                s.balance += e.amount;
                if (s.repaidAt != 0 && t - s.repaidAt <= 259_200_000L) s.respent += e.amount;
                break;
            }
            case Event.REPAYMENT:
                s.balance = Math.max(0, s.balance - e.amount);
                s.streak = e.minDue <= e.amount && e.amount < 1.2 * e.minDue ? s.streak + 1 : 0;
                s.repaidAt = t;
                s.repaid = e.amount;
                s.respent = 0;
                break;
            default:
                s.inquiries = e.inquiries;
                s.smallOverdue = e.smallOverdue;
                s.debt = e.debt;
                s.income = e.income;
                s.bureauAt = t;
        }
    }

    /** All 24 features into f: one pass over the ring per window. */
    static void features(State s, long t, double[] f) {
        int d = (int) (t / 86_400_000L);
        int k = 0;
        for (int window : WINDOWS) {
            long count = 0, sum = 0, cash = 0, night = 0;
            for (int i = 0; i < State.DAYS; i++) {
                if (s.day[i] > d - window && s.day[i] >= 0) {
                    count += s.count[i];
                    sum += s.sum[i];
                    cash += s.cash[i];
                    night += s.night[i];
                }
            }
            f[k++] = count / 10.0;
            f[k++] = sum / 1e6;
            f[k++] = cash / 1e6;
            f[k++] = night / 10.0;
            f[k++] = sum != 0 ? (double) cash / sum : 0.0;
            f[k++] = count != 0 ? (double) night / count : 0.0;
        }
        f[k++] = (double) s.balance / s.limit;
        f[k++] = s.streak / 6.0;
        f[k++] = s.repaid != 0 ? (double) s.respent / s.repaid : 0.0;
        f[k++] = s.inquiries / 6.0;
        f[k++] = s.income != 0 ? (double) s.debt / s.income : 0.0;
        f[k] = s.bureauAt != 0 ? (t - s.bureauAt) / 2.6e9 : 1.0;
    }

    static double score(double[] f) {
        double z = BIAS;
        for (int i = 0; i < FEATURES; i++) z += WEIGHTS[i] * f[i];
        return 1 / (1 + Math.exp(-Math.max(-30, Math.min(30, z))));
    }

    static int rules(State s, double[] f) {
        int hits = 0;
        if (s.smallOverdue > 0) hits |= SMALL_LOAN_OVERDUE;
        if (s.streak >= 6) hits |= MINIMUM_PAYMENT;
        if (s.income != 0 && (double) s.debt / s.income > 22 && f[18] > 0.7) hits |= HIGH_DEBT;
        return hits;
    }

    private Work() {}
}
