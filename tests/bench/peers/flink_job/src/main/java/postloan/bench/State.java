package postloan.bench;

import java.util.Arrays;

/** One cardholder's state: a ring of daily tiles and the rest (work.py's new_state). */
public class State {
    public static final int DAYS = 32;
    public int[] day = new int[DAYS];
    public int[] count = new int[DAYS];
    public int[] night = new int[DAYS];
    public long[] sum = new long[DAYS];
    public long[] cash = new long[DAYS];
    public long balance, limit = 5_000_000, repaidAt, repaid, respent, debt, income, bureauAt;
    public int streak, inquiries, smallOverdue;

    public State() {
        Arrays.fill(day, -1);
    }
}
