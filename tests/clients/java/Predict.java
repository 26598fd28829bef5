// Calls a model service that answers with what it is sent, through the vendor's client: Predict ENDPOINT SERVICE TOKEN
// BODY. Prints what came of it, a line a call.
import com.aliyun.openservices.eas.predict.http.HttpConfig;
import com.aliyun.openservices.eas.predict.http.PredictClient;
import com.aliyun.openservices.eas.predict.request.TFDataType;
import com.aliyun.openservices.eas.predict.request.TFRequest;
import java.util.Arrays;

public class Predict {
    static PredictClient client(String how, String endpoint, String service, String token) {
        PredictClient client = new PredictClient(new HttpConfig()).setModelName(service).setToken(token).setRetryCount(0);
        return how.equals("direct") ? client.setDirectEndpoint(endpoint) : client.setEndpoint(endpoint);
    }

    /** The bytes of a TensorFlow request, which the service sends back. */
    static String tensor(PredictClient client) throws Exception {
        TFRequest request = new TFRequest();
        request.addFeed("x", TFDataType.DT_FLOAT, new long[] {1, 3}, new float[] {1, 2, 3});
        byte[] sent = request.getRequest().toByteArray();
        return Arrays.equals(client.predict(sent), sent) ? "same" : "changed";
    }

    static void call(String endpoint, String service, String token, String body) throws Exception {
        System.out.println("text " + client("gateway", endpoint, service, token).predict(body));
        // One of sixteen bodies has an MD5 with a leading zero, which this client does not send.
        System.out.println("zero " + client("gateway", endpoint, service, token).predict("[167]"));
        System.out.println("direct " + client("direct", endpoint, service, token).predict(body));
        System.out.println("tensor " + tensor(client("gateway", endpoint, service, token)));
        try {
            System.out.println("wrong " + client("gateway", endpoint, service, token + "x").predict(body));
        } catch (Exception refused) {
            System.out.println("wrong " + (refused.getMessage().contains("Unauthorized") ? 401 : refused.getMessage()));
        }
    }

    public static void main(String[] given) {
        int code = 1;
        try {
            call(given[0], given[1], given[2], given[3]);
            code = 0;
        } catch (Exception failure) {
            failure.printStackTrace();
        }
        System.exit(code);  // the client's threads never end
    }
}
